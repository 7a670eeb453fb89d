"""tqdm's constructor and its common methods, shown in taskwire instead of the terminal."""
import builtins
import sys
import time
import weakref
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Callable, Dict, Generic, Iterable, Iterator, Mapping, Optional, Type, TypeVar, Union

from ._errors import outcome_of
from ._progress import progress_of
from ._reporter import Silent
from ._settings import find_settings, program_name
from ._task import Task, reporter_of
from ._track import leave, length_of, on_exit_of_loop, weakly

T = TypeVar("T")

_outermost: "ContextVar[Callable[[], Optional[tqdm[Any]]]]" = ContextVar("outermost", default=lambda: None)  # of this thread or asyncio task


class tqdm(Generic[T]):
    """Takes tqdm's arguments; those that say how a bar is drawn do nothing, as nothing is drawn.

    The task ends with the loop, with the with-block, with `close`, or when nobody has the bar any more. A bar within a bar is no task.
    Of its own it takes `user`, `url` and `token`.
    """

    def __init__(
        self,
        iterable: Optional[Iterable[T]] = None,
        desc: Optional[str] = None,
        total: Optional[float] = None,
        leave: Optional[bool] = True,
        file: Any = None,
        ncols: Any = None,
        mininterval: float = 0.1,
        maxinterval: float = 10.0,
        miniters: Optional[float] = None,
        ascii: Any = None,
        disable: Optional[bool] = False,
        unit: str = "it",
        unit_scale: Any = False,
        dynamic_ncols: Optional[bool] = False,
        smoothing: Optional[float] = 0.3,
        bar_format: Optional[str] = None,
        initial: float = 0,
        position: Optional[int] = None,
        postfix: Union[Mapping[str, Any], str, None] = None,
        *,
        user: Optional[str] = None,
        url: Optional[str] = None,
        token: Optional[str] = None,
        **drawing: Any,
    ) -> None:
        self.iterable = iterable
        self.total = total if total is not None else length_of(iterable)
        self.n = initial
        self.desc = desc or ""
        self.unit = unit
        self.disable = bool(disable)
        self.mininterval = mininterval
        self.start_t = time.time()
        self._began_at = time.monotonic()
        self._postfix = _pairs(postfix) if isinstance(postfix, Mapping) else str(postfix or "")
        self._next_at = 0.0
        self._newest = weakly(self._changes)
        self._work = Task(Silent())
        outer = _outermost.get()()
        if not self.disable and not (outer and outer._is_under_way):
            self._work = Task(reporter_of(self.desc or program_name(), find_settings(url, user, token), on_exit_of_loop()))
            _outermost.set(weakref.ref(self))
        self._tell()

    def __iter__(self) -> Iterator[T]:
        if self.iterable is None:
            raise TypeError("'NoneType' object is not iterable")
        try:
            for row in self.iterable:
                yield row
                self.update()
        except GeneratorExit:
            leave(self._work, sys._getframe(1), self._tell)
        except BaseException as error:
            self._work._end(outcome_of(error))
            raise
        else:
            self.close()

    def update(self, n: Optional[float] = 1) -> Optional[bool]:
        """So much more is done. Raises Cancelled where somebody asked that it stop."""
        self.n += n or 0
        self._work._reporter.newest = self._newest
        now = time.monotonic()
        if now < self._next_at:
            return None
        self._next_at = now + self.mininterval
        self._tell()
        return True

    @property
    def _is_under_way(self) -> bool:
        """Whether other bars are within it. Many a one is never closed."""
        return self._work._reporter.is_open and (not self.total or self.n < self.total)

    def close(self) -> None:
        if not self._work._reporter.is_open:
            return
        self._work._raises = False
        self._tell()
        self._work.finish()

    def refresh(self, *args: Any, **kwargs: Any) -> None:
        self._tell()

    def reset(self, total: Optional[float] = None) -> None:
        """Counts anew from 0."""
        self.n = 0
        self.total = self.total if total is None else total
        self._tell()

    def set_description(self, desc: Optional[str] = None, refresh: Optional[bool] = True) -> None:
        self.desc = desc or ""
        self._tell()

    set_description_str = set_description

    def set_postfix(self, ordered_dict: Optional[Mapping[str, Any]] = None, refresh: Optional[bool] = True, **more: Any) -> None:
        self.set_postfix_str(_pairs({**(ordered_dict or {}), **more}))

    def set_postfix_str(self, s: str = "", refresh: bool = True) -> None:
        self._postfix = str(s)
        self._tell()

    def clear(self, *args: Any, **kwargs: Any) -> None:
        """Of a drawn bar; there is none."""

    display = unpause = clear

    @classmethod
    def write(cls, s: str, file: Any = None, end: str = "\n", nolock: bool = False) -> None:
        builtins.print(s, file=file or sys.stdout, end=end)

    @property
    def format_dict(self) -> Dict[str, Any]:
        return {"n": self.n, "total": self.total, "elapsed": time.monotonic() - self._began_at, "unit": self.unit, "prefix": self.desc}

    def _tell(self) -> None:
        self._work.progress(**self._progress())

    def _changes(self) -> Dict[str, Any]:
        return progress_of(**self._progress())

    def _progress(self) -> Dict[str, Any]:
        message = " ".join(part for part in (self.desc, self._postfix) if part)
        if all(float(number).is_integer() for number in (self.n, self.total or 0)):
            return {"done": self.n, "total": self.total or 0, "unit": self.unit, "message": message or None}
        # parts of a unit
        percent = 100 * self.n / self.total if self.total else None
        return {"percent": percent, "message": message or None}

    def __del__(self) -> None:
        if hasattr(self, "_work"):  # not where an argument was wrong
            self.close()

    def __len__(self) -> int:
        return int(self.total or 0)

    def __bool__(self) -> bool:
        return self.total is None or self.total > 0

    def __enter__(self) -> "tqdm[T]":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        if error is not None:
            self._work._raises = False
            self._tell()
            self._work._end(outcome_of(error))
        self.close()


def trange(*args: int, **kwargs: Any) -> "tqdm[int]":
    """`tqdm(range(…), …)`."""
    return tqdm(range(*args), **kwargs)


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={_short(value)}" for key, value in values.items())


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value).strip()
