"""The same for asyncio: nothing here blocks the event loop, since a thread reports."""
import asyncio
import signal
import sys
import threading
import time
from types import TracebackType
from typing import Any, AsyncIterable, AsyncIterator, Callable, Dict, Iterable, Optional, Type, TypeVar, Union, cast

from ._errors import outcome_of
from ._settings import find_settings, program_name
from ._task import Task, on_exit_cancelled, reporter_of
from ._track import PACE, leave, length_of, on_exit_of_loop, weakly
from ._worker import Worker as ThreadWorker
from ._worker import WorkerTask

T = TypeVar("T")

__all__ = ["AsyncTask", "Worker", "task", "track"]


class AsyncTask(Task):
    """Work under way. Leaving the `async with` block ends it. Its methods do not wait."""

    async def __aenter__(self) -> "AsyncTask":
        return self

    async def __aexit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        self._end(outcome_of(error, self._result))


def task(
    name: str,
    *,
    user: Optional[str] = None,
    url: Optional[str] = None,
    token: Optional[str] = None,
    raise_on_cancel: bool = True,
) -> AsyncTask:
    """`async with taskwire.aio.task("Import") as t: t.progress(5, 10, "files")`; see taskwire.task."""
    return AsyncTask(reporter_of(name, find_settings(url, user, token), on_exit_cancelled), raise_on_cancel)


class track(AsyncIterator[T]):
    """`async for row in taskwire.aio.track(rows, name="Import")`, of an async iterable or any other; see taskwire.track."""

    def __init__(
        self,
        rows: Union[AsyncIterable[T], Iterable[T]],
        name: Optional[str] = None,
        *,
        total: Optional[int] = None,
        unit: str = "",
        user: Optional[str] = None,
        url: Optional[str] = None,
        token: Optional[str] = None,
        raise_on_cancel: bool = True,
    ) -> None:
        self._rows = rows
        self._total = (length_of(rows) if total is None else total) or 0
        self._unit = unit
        self._begin: Callable[[], Task] = lambda: Task(
            reporter_of(name or program_name(), find_settings(url, user, token), on_exit_of_loop()), raise_on_cancel
        )
        self._work: Optional[Task] = None
        self._done = 0
        self._next_at = 0.0
        self._newest = weakly(self._changes)

    def __aiter__(self) -> "track[T]":
        self._is_async = hasattr(self._rows, "__aiter__")
        rows: Any = self._rows
        self._iterator: Any = rows.__aiter__() if self._is_async else iter(rows)
        self._work = self._begin()
        self._done = -1  # the first step has nothing done before it
        return self

    async def __anext__(self) -> T:
        if self._work is None:
            self.__aiter__()
        work = cast(Task, self._work)
        try:
            self._done += 1
            work._reporter.newest = self._newest
            now = time.monotonic()
            if now >= self._next_at:
                self._next_at = now + PACE
                self._tell()
            row: T = await self._iterator.__anext__() if self._is_async else next(self._iterator)
            return row
        except (StopIteration, StopAsyncIteration):
            self._tell()
            work.finish()
            raise StopAsyncIteration from None
        except BaseException as error:
            work._end(outcome_of(error))
            raise

    async def aclose(self) -> None:
        """Ends it well, before the end."""
        if self._work:
            self._work.finish()

    def _changes(self) -> Dict[str, Any]:
        return {"done": max(0, self._done)}

    def _tell(self) -> None:
        cast(Task, self._work).progress(self._done, self._total, self._unit)

    def __del__(self) -> None:
        work = getattr(self, "_work", None)
        if work and work._reporter.is_open:
            leave(work, sys._getframe(1), self._tell)


class Worker(ThreadWorker):
    """A worker whose functions are coroutines, which run in the event loop of `await worker.run()`."""

    async def run(self) -> None:  # type: ignore[override]
        """Works until `stop`, SIGTERM or SIGINT; then claims no more, finishes what it has, and returns."""
        self._loop = asyncio.get_running_loop()
        ended: "asyncio.Future[None]" = self._loop.create_future()

        def tell(error: Optional[BaseException]) -> None:
            if ended.cancelled():
                return
            if error:
                ended.set_exception(error)
            else:
                ended.set_result(None)

        def work() -> None:
            error: Optional[BaseException] = None
            try:
                ThreadWorker.run(self)
            except BaseException as caught:
                error = caught
            self._loop.call_soon_threadsafe(tell, error)

        signals = [signal.SIGTERM, signal.SIGINT] if threading.current_thread() is threading.main_thread() else []
        for sig in signals:
            self._loop.add_signal_handler(sig, self.stop)
        thread = threading.Thread(target=work, name="taskwire worker", daemon=True)
        thread.start()
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError:
            self.stop()
            await ended
            raise
        finally:
            for sig in signals:
                self._loop.remove_signal_handler(sig)

    def _invoke(self, handler: Callable[[WorkerTask], Any], work: WorkerTask) -> Any:
        return asyncio.run_coroutine_threadsafe(handler(work), self._loop).result()
