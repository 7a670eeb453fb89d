"""What goes wrong, and how an exception ends a task."""
import re
from typing import Any, Dict, Optional

from ._text import clean


class Cancelled(Exception):
    """Somebody asked in taskwire that the task stop. Raised by the next call that tells progress."""


class Failed(Exception):
    """Ends a task as failed with a reason of one's own, in capitals. `retryable`: another attempt may do better."""

    def __init__(self, message: str, reason: str = "WORK_FAILED", retryable: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.retryable = retryable


def reason_of(name: str) -> str:
    """`NO_SUCH_FILE` of `NoSuchFile`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", str(name))
    reason = re.sub(r"^[^A-Z]+", "", re.sub(r"[^A-Z0-9]+", "_", words.upper()))
    return reason[:64].rstrip("_") or "WORK_FAILED"


def error_of(error: BaseException) -> Dict[str, Any]:
    """The `error` of a finish."""
    reason = error.reason if isinstance(error, Failed) else type(error).__name__
    try:
        message = str(error)
    except Exception:  # an exception's own __str__
        message = ""
    return {"reason": reason_of(reason), "message": clean(message or type(error).__name__, 4096)}


def outcome_of(error: Optional[BaseException], result: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
    """How work ended that left with `error`, or without one: the keys of a finish."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return {"result": result or {}}
    if isinstance(error, (Cancelled, KeyboardInterrupt)) or type(error).__name__ == "CancelledError":
        return {"cancelled": True}
    return {"error": error_of(error)}
