"""What is told at the end of a program, and of the exceptions that end it."""
import atexit
import logging
import os
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Dict, Optional, Type

from ._errors import outcome_of

if TYPE_CHECKING:
    from ._reporter import Reporter

MOST_OPEN = 1000

_lock = threading.Lock()
_open: Dict[int, "Reporter"] = {}
_left: Dict[int, "Reporter"] = {}  # by the frame whose loop was left by an exception
_is_over = False
uncaught: Optional[BaseException] = None


def register(reporter: "Reporter") -> None:
    """Has the end of the program wait for it. Raises RuntimeError where that has come already, or too much is untold."""
    with _lock:
        if _is_over:
            raise RuntimeError("the program ends")
        if len(_open) >= MOST_OPEN:
            raise RuntimeError(f"{MOST_OPEN} tasks have not been told to their end yet")
        _open[id(reporter)] = reporter


def forget(reporter: "Reporter") -> None:
    with _lock:
        _open.pop(id(reporter), None)
        for frame in [frame for frame, one in _left.items() if one is reporter]:
            del _left[frame]


def left_by_exception(reporter: "Reporter", frame: FrameType) -> None:
    """An exception that is not known yet leaves a loop of this frame."""
    with _lock:
        if not reporter.done.is_set():
            _left[id(frame)] = reporter


def _learn(error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
    while traceback and error:
        with _lock:
            reporter = _left.pop(id(traceback.tb_frame), None)
        if reporter:
            reporter.amend(outcome_of(error))
        traceback = traceback.tb_next


def _wait() -> None:
    global _is_over
    with _lock:
        _is_over = True
        waiting = list(_open.values())
    for reporter in waiting:
        reporter.end_at_exit()
    if not waiting:
        return
    wait = min(reporter.settings.exit_wait for reporter in waiting)
    deadline = time.monotonic() + wait
    for reporter in waiting:
        if not reporter.done.wait(max(0.0, deadline - time.monotonic())):
            logging.getLogger("taskwire").warning(
                "the end of '%s' could not be told within %g s (TASKWIRE_EXIT_WAIT): %s is away", reporter.name, wait, reporter.settings.url
            )


def _in_child() -> None:
    global _lock
    _lock = threading.Lock()
    for reporter in _open.values():
        reporter.forget()
    _open.clear()
    _left.clear()


def _hook_in() -> None:
    old_hook, old_thread_hook = sys.excepthook, threading.excepthook

    def hook(kind: Type[BaseException], error: BaseException, traceback: Optional[TracebackType]) -> None:
        global uncaught
        uncaught = error
        _learn(error, traceback)
        old_hook(kind, error, traceback)

    def thread_hook(args: Any) -> None:
        _learn(args.exc_value, args.exc_traceback)
        old_thread_hook(args)

    sys.excepthook, threading.excepthook = hook, thread_hook
    atexit.register(_wait)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_in_child)


_hook_in()
