"""One connection to an edge."""
import encodings.idna  # noqa: F401  (a thread that loads it late may do so in the middle of a fork, or of the end)
import http.client
import json
import re
import socket
from typing import Any, Dict, NamedTuple, Optional
from urllib.parse import urlsplit

_MOST = 16 * 1024 * 1024  # of an answer


class Unreachable(Exception):
    """There was no whole answer. Whether the request was carried out is not known."""


class Answer(NamedTuple):
    status: int
    body: Dict[str, Any]
    retry_after: float  # seconds

    @property
    def reason(self) -> str:
        return str(self.body.get("reason", f"HTTP_{self.status}"))

    @property
    def detail(self) -> str:
        return f"{self.body.get('detail', 'no more is known')} ({self.reason})"

    @property
    def is_passing(self) -> bool:
        """Whether repeating the request may help."""
        return self.status in (408, 425, 429) or self.status >= 500


def _is_host(name: str) -> bool:
    try:
        return bool(name.encode("idna"))
    except UnicodeError:
        return False


class Client:
    """Asks one thing at a time. Not thread-safe, `hang_up` aside."""

    def __init__(self, url: str, token: Optional[str] = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or "") or parts.username or not re.fullmatch("[!-~]*", parts.path):
            shown = re.sub("//.*@", "//…@", url)
            raise ValueError(f"TASKWIRE_URL is to be like http://localhost:8080, not {shown!r}")
        if token and not re.fullmatch("[!-~]+", token):
            raise ValueError("TASKWIRE_TOKEN is to have no spaces, no line breaks, and letters of ASCII alone")
        self._is_tls = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path.rstrip("/")
        self._token = token
        self._connection: Optional[http.client.HTTPConnection] = None
        self._is_hung_up = False

    def request(self, method: str, path: str, body: Any, timeout: float, key: Optional[str] = None) -> Answer:
        """Raises Unreachable."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        text = json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        try:
            return self._exchange(method, self._path + path, text, headers, timeout)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{type(error).__name__}: {error}") from error

    def post(self, path: str, body: Any, timeout: float, key: Optional[str] = None) -> Answer:
        return self.request("POST", path, body, timeout, key)

    def hang_up(self) -> None:
        """From another thread: says that no answer is wanted any more. One that is under way still comes."""
        self._is_hung_up = True
        self._say_no_more()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _say_no_more(self) -> None:
        connection = self._connection
        try:
            if connection and connection.sock:
                connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone already

    def _exchange(self, method: str, path: str, text: bytes, headers: Dict[str, str], timeout: float) -> Answer:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._is_tls else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=min(timeout, 10.0))
            self._connection.connect()
        self._connection.sock.settimeout(timeout)
        self._connection.request(method, path, text, headers)
        if self._is_hung_up:
            self._say_no_more()
        response = self._connection.getresponse()
        raw = response.read(_MOST)
        if response.will_close or not response.isclosed():
            self.close()
        try:
            answer = json.loads(raw) if raw else {}
        except ValueError:  # of something between here and the edge
            answer = {}
        after = response.getheader("Retry-After", "")
        return Answer(response.status, answer if isinstance(answer, dict) else {}, float(after) if after.isdigit() else 0.0)
