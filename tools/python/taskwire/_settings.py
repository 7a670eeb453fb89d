"""Where taskwire is, and whose the tasks are: what was given, else the environment."""
import getpass
import os
import re
import socket
import sys
from typing import NamedTuple, Optional
from urllib.parse import quote


_MOST_SECONDS = 86_400.0


class Settings(NamedTuple):
    url: str
    user: str
    token: Optional[str]
    exit_wait: float  # seconds that a program's end waits until what is left has been told

    @property
    def quoted_user(self) -> str:
        return quote(self.user, safe="")

    @property
    def worker(self) -> str:
        """Who does the work, for people."""
        return f"{socket.gethostname()[:60]}-{os.getpid()}"


def find_settings(url: Optional[str] = None, user: Optional[str] = None, token: Optional[str] = None) -> Settings:
    env = os.environ.get
    return Settings(
        _url(url),
        user or env("TASKWIRE_USER") or _login_name(),
        (token or env("TASKWIRE_TOKEN") or "").strip() or None,  # of a file it has a line break at its end
        _seconds(env("TASKWIRE_EXIT_WAIT"), 5.0),
    )


def wrappers_lease(url: str) -> Optional[str]:
    """The lease of the task that `taskwire run` or `taskwire work` made of this program, where it is of this service."""
    lease = os.environ.get("TASKWIRE_LEASE", "")
    return lease if url == _url() and re.fullmatch("[0-9a-f]{32}", lease) else None


def tell_wrapper() -> None:
    """Tells the wrapper of this program that it reports by itself, so that nothing is taken for progress twice."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.setblocking(False)
            notify.sendto(b"X_TASKWIRE=1", "\0" + path[1:] if path.startswith("@") else path)
    except (OSError, AttributeError, ValueError):  # it listens no more, or never did
        pass


def program_name() -> str:
    return os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] not in ("", "-c", "-m") else "python"


def _url(url: Optional[str] = None) -> str:
    return (url or os.environ.get("TASKWIRE_URL") or "http://localhost:8080").strip().rstrip("/")


def _login_name() -> str:
    try:
        name = getpass.getuser()
    except Exception:  # a user id without a name
        name = ""
    return re.sub(r"[^A-Za-z0-9._~@-]", "-", name)[:128].strip(".") or "user"


def _seconds(text: Optional[str], default: float) -> float:
    try:
        seconds = float(text) if text else default
    except ValueError:
        return default
    return min(seconds, _MOST_SECONDS) if seconds >= 0 else default
