"""What is told at the end of a program, and of the exceptions that end it."""
import atexit
import logging
import multiprocessing.util
import os
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple, Type

from ._errors import outcome_of

if TYPE_CHECKING:
    from ._reporter import Reporter

MOST_OPEN = 1000

_lock = threading.RLock()  # the end of a loop may come amidst anything, since what nobody has any more is taken away then
_open: Dict[int, "Reporter"] = {}
_left: Dict[int, Tuple[int, "Reporter"]] = {}  # by the frame whose loop was left, and at which instruction
_is_over = False
_finalizer: Any = None
uncaught: Optional[BaseException] = None


def register(reporter: "Reporter") -> None:
    """Has the end of the program wait for it. Raises RuntimeError where that has come already, or too much is untold."""
    with _lock:
        if _is_over:
            raise RuntimeError("the program ends")
        if len(_open) >= MOST_OPEN:
            raise RuntimeError(f"{MOST_OPEN} tasks have not been told to their end yet")
        _open[id(reporter)] = reporter
    _finalize()


def forget(reporter: "Reporter") -> None:
    with _lock:
        _open.pop(id(reporter), None)
        for frame in [frame for frame, (_, one) in list(_left.items()) if one is reporter]:
            _left.pop(frame, None)


def loop_left(reporter: "Reporter", frame: FrameType) -> None:
    """A loop of this frame was left, in order or by an exception that is not known yet."""
    with _lock:
        if not reporter.done.is_set():
            _left[id(frame)] = frame.f_lasti, reporter


def _learn(error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
    while traceback and error:
        frame = traceback.tb_frame
        with _lock:
            at, reporter = _left.pop(id(frame), (-1, None))
        # What went on after its loop has moved on: the exception came from where the loop was left, or was handed on from there.
        if reporter and at in (traceback.tb_lasti, frame.f_lasti):
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
                "the end of '%s' could not be told within %g s (TASKWIRE_EXIT_WAIT): %s %s", reporter.name, wait, reporter.settings.url, reporter.trouble
            )


def _finalize() -> None:
    """Has a child of multiprocessing, which ends without atexit, wait too."""
    global _finalizer
    if multiprocessing.process.parent_process() and not (_finalizer and _finalizer.still_active()):
        _finalizer = multiprocessing.util.Finalize(None, _wait, exitpriority=-100)


def _hook_into_children(process: Any) -> None:
    """A child of multiprocessing calls no excepthook for what ends it: its work is wrapped before it begins."""
    bootstrap = process._bootstrap

    def hooked(self: Any, *args: Any, **more: Any) -> Any:
        run = self.run

        def noted() -> None:
            try:
                run()
            except BaseException as error:
                _note(error, error.__traceback__)
                raise

        self.run = noted
        return bootstrap(self, *args, **more)

    process._bootstrap = hooked


def _note(error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
    """An exception that nobody has caught ends the program."""
    global uncaught
    uncaught = error
    _learn(error, traceback)


def _in_child() -> None:
    global _lock, _is_over
    _lock = threading.RLock()
    _is_over = False
    for reporter in _open.values():
        reporter.forget()
    _open.clear()
    _left.clear()


def _hook_in() -> None:
    old_hook, old_thread_hook = sys.excepthook, threading.excepthook

    def hook(kind: Type[BaseException], error: BaseException, traceback: Optional[TracebackType]) -> None:
        _note(error, traceback)
        old_hook(kind, error, traceback)

    def thread_hook(args: Any) -> None:
        _learn(args.exc_value, args.exc_traceback)
        old_thread_hook(args)

    sys.excepthook, threading.excepthook = hook, thread_hook
    atexit.register(_wait)
    if hasattr(multiprocessing.process.BaseProcess, "_bootstrap"):  # it is no promise of Python's
        _hook_into_children(multiprocessing.process.BaseProcess)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_in_child)


_hook_in()
