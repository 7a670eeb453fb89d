"""One task, told by hand."""
import json
import logging
import os
import threading
import uuid
from types import TracebackType
from typing import Any, Dict, List, Optional, Type, Union

from . import _exit
from ._errors import Cancelled, error_of, outcome_of
from ._http import Answer, Client
from ._progress import UNSET, progress_of
from ._reporter import PATIENCE, Joined, Reporter, Silent
from ._settings import Settings, find_settings, wrappers_lease
from ._text import clean_line

AnyReporter = Union[Reporter, Silent]

log = logging.getLogger("taskwire")

_lock = threading.RLock()  # the end of a loop may come amidst anything, since what nobody has any more is taken away then
_joined: List[Joined] = []  # to the wrapper's task reports the outermost


class Task:
    """Work under way. Leaving the with-block ends it: succeeded, failed by an exception, or cancelled. Thread-safe."""

    def __init__(self, reporter: AnyReporter, raise_on_cancel: bool = True) -> None:
        self._reporter = reporter
        self._raises = raise_on_cancel
        self._result: Dict[str, Any] = {}

    def progress(
        self,
        done: Any = UNSET,
        total: Any = UNSET,
        unit: Any = UNSET,
        *,
        percent: Any = UNSET,
        indeterminate: Any = UNSET,
        condition: Any = UNSET,
        stage: Any = UNSET,
        message: Any = UNSET,
        steps: Any = UNSET,
    ) -> None:
        """Tells how far it is; what is not given stays, and None clears it. Never waits.

        percent: 0 to 100, where it cannot be counted. condition: "paused", "warning" or "error". steps: names, or dicts with
        name, state ("pending", "running", "done", "failed"), done and total; at most 50.
        Raises Cancelled where somebody asked for that.
        """
        self.raise_if_cancelled()
        self._reporter.progress(progress_of(done, total, unit, percent, indeterminate, condition, stage, message, steps))

    @property
    def cancelled(self) -> bool:
        """Whether it is to stop: somebody asked for that, or a worker has lost it."""
        return self._reporter.cancel_requested

    @property
    def lost(self) -> bool:
        """Whether taskwire takes it for lost, since it could not be told anything for too long. The work may go on."""
        return self._reporter.is_lost

    @property
    def id(self) -> Optional[str]:
        """None until taskwire has given it one."""
        return self._reporter.task.get("taskId")

    @property
    def result(self) -> Dict[str, Any]:
        """What it made: a dict that JSON can say, as it is when the task ends."""
        return self._result

    @result.setter
    def result(self, result: Dict[str, Any]) -> None:
        self._result = checked_result(result)

    def raise_if_cancelled(self) -> None:
        if self._raises and self._reporter.cancel_requested:
            raise Cancelled(f"'{self._reporter.name}' was asked to stop")

    def finish(self, result: Optional[Dict[str, Any]] = None) -> None:
        """Ends it well, where there is no with-block. What ended first counts."""
        self._end({"result": checked_result(result) if result else self._result})

    def fail(self, error: Union[BaseException, str]) -> None:
        """Ends it as failed."""
        self._end({"error": error_of(error) if isinstance(error, BaseException) else {"message": str(error)}})

    def wait_told(self, timeout: Optional[float] = None) -> bool:
        """Waits, once it has ended, until that was told or cannot be; whether it is so within the time."""
        return self._reporter.done.wait(timeout)

    def _end(self, outcome: Dict[str, Any], hold: float = 0.0) -> None:
        self._reporter.end(_sayable(outcome), hold)
        with _lock:
            if self._reporter in _joined:
                _joined.remove(self._reporter)

    def __enter__(self) -> "Task":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        self._end(outcome_of(error, self._result))


def task(
    name: str,
    *,
    user: Optional[str] = None,
    url: Optional[str] = None,
    token: Optional[str] = None,
    raise_on_cancel: bool = True,
) -> Task:
    """Begins a task that this program does: `with taskwire.task("Import") as t: t.progress(5, 10, "files")`.

    raise_on_cancel: False leaves it to the program to look at `cancelled`. Below `taskwire run` it reports to the wrapper's task,
    unless `url` is another's.
    """
    return Task(reporter_of(name, find_settings(url, user, token), on_exit_cancelled), raise_on_cancel)


def reporter_of(name: str, settings: Settings, on_exit: Any) -> AnyReporter:
    lease = wrappers_lease(settings.url)
    if lease is None:
        return Reporter(settings, name, starter(name, settings), on_exit)
    with _lock:
        if _joined:
            return Silent()
        joined = Joined(settings, name, lease)
        _joined.append(joined)
    joined.progress({"stage": clean_line(name, 256)})
    return joined


def starter(name: str, settings: Settings) -> Any:
    key = str(uuid.uuid4())
    path = f"/api/tasks/{settings.quoted_user}/start"
    body = {"claim": True, "taskName": clean_line(name, 256), "worker": settings.worker}

    def begin(client: Client) -> Answer:
        return client.post(path, body, PATIENCE, key)

    return begin


def checked_result(result: Any) -> Dict[str, Any]:
    if not isinstance(result, dict):
        raise TypeError(f"a result is a dict, not {type(result).__name__}")
    json.dumps(result, allow_nan=False)  # raises what it cannot say
    return result


def _sayable(outcome: Dict[str, Any]) -> Dict[str, Any]:
    """With the result as it is now; an error instead of one that JSON cannot say."""
    if "result" not in outcome:
        return outcome
    try:
        return {"result": json.loads(json.dumps(outcome["result"], allow_nan=False))}
    except Exception as error:
        log.warning("the result of a task cannot be told, which ends it as failed: %s", error)
        return outcome_of(error)


def on_exit_cancelled() -> Dict[str, Any]:
    return outcome_of(_exit.uncaught) if _exit.uncaught else {"cancelled": True}


def _in_child() -> None:
    global _lock
    _lock = threading.RLock()
    _joined.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
