"""A loop as a task."""
import asyncio
import sys
import threading
import time
import weakref
from types import FrameType
from typing import Any, Callable, Dict, Iterable, Iterator, Optional, TypeVar

from . import _exit
from ._errors import outcome_of
from ._reporter import Reporter
from ._settings import find_settings, program_name
from ._task import Task, on_exit_cancelled, reporter_of

T = TypeVar("T")

PACE = 0.1
HOLD = 0.3  # seconds until an exception that leaves a loop has come to where it is caught, or not


def track(
    rows: Iterable[T],
    name: Optional[str] = None,
    *,
    total: Optional[int] = None,
    unit: str = "",
    user: Optional[str] = None,
    url: Optional[str] = None,
    token: Optional[str] = None,
    raise_on_cancel: bool = True,
) -> Iterator[T]:
    """Shows a loop as a task: `for row in taskwire.track(rows, name="Import", user="alice")`.

    The task begins with the loop. It succeeds at its end and where it is left; an exception that ends the program ends it as failed.
    `total` is `len(rows)` where that is known. Raises Cancelled where somebody asked that it stop.
    """
    settings = find_settings(url, user, token)
    whole = (length_of(rows) if total is None else total) or 0

    return follow(rows, lambda: Task(reporter_of(name or program_name(), settings, on_exit_of_loop()), raise_on_cancel), whole, unit)


def follow(rows: Iterable[T], begin: Callable[[], Task], total: int, unit: str) -> Iterator[T]:
    """Hands on the rows and ends the work with them."""
    work = begin()
    reporter = work._reporter
    done, next_at, now = 0, 0.0, time.monotonic

    def tell() -> None:
        work.progress(done, total, unit)

    def newest() -> Dict[str, Any]:
        return {"done": done}

    try:
        tell()
        for row in rows:
            yield row
            done += 1
            reporter.newest = newest
            if now() >= next_at:
                next_at = now() + PACE
                tell()
        tell()
    except GeneratorExit:
        leave(work, sys._getframe(1), tell)
    except BaseException as error:
        work._end(outcome_of(error))
        raise
    else:
        work.finish()


def leave(work: Task, frame: FrameType, tell: Callable[[], None]) -> None:
    """Ends the work of a loop of this frame that was left early: well, unless that turns out to be by what ends the program."""
    work._raises = False
    tell()
    if _is_cancelled_by_asyncio():
        work._end({"cancelled": True})
        return
    if isinstance(work._reporter, Reporter):
        _exit.loop_left(work._reporter, frame)
    work._end({"result": {}}, HOLD)


def weakly(changes: Callable[[], Dict[str, Any]]) -> Callable[[], Optional[Dict[str, Any]]]:
    """A method that keeps nobody alive; None where its object has gone."""
    weak = weakref.WeakMethod(changes)

    def ask() -> Optional[Dict[str, Any]]:
        method = weak()
        return method() if method else None

    return ask


def on_exit_of_loop() -> Callable[[], Dict[str, Any]]:
    """How a loop ends that the end of the program finds under way: the main thread has left it by then, which others have not."""
    is_main = threading.current_thread() is threading.main_thread()
    return lambda: outcome_of(None) if is_main and not _exit.uncaught else on_exit_cancelled()


def _is_cancelled_by_asyncio() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs here
        return False
    return bool(task and getattr(task, "cancelling", int)())  # since Python 3.11


def length_of(rows: Any) -> Optional[int]:
    try:
        return len(rows)
    except (TypeError, AttributeError, OverflowError):
        return None
