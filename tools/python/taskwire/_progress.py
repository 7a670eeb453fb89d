"""Progress as a report has it."""
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

from ._text import clean, clean_line, count_of

CONDITIONS = ("paused", "warning", "error")
STATES = ("pending", "running", "done", "failed")

StepLike = Union[str, Mapping[str, Any]]


class Unset:
    """Says that a key stays as it is; None clears it."""

    def __repr__(self) -> str:
        return "unchanged"


UNSET: Any = Unset()


def progress_of(
    done: Any = UNSET,
    total: Any = UNSET,
    unit: Any = UNSET,
    percent: Any = UNSET,
    indeterminate: Any = UNSET,
    condition: Any = UNSET,
    stage: Any = UNSET,
    message: Any = UNSET,
    steps: Any = UNSET,
) -> Dict[str, Any]:
    """The keys that were given, brought into range. Raises TypeError or ValueError for what makes no sense."""
    progress: Dict[str, Any] = {}
    for name, value in (("done", done), ("total", total)):
        if value is not UNSET:
            progress[name] = None if value is None else count_of(value, name)
    for name, value, most in (("unit", unit, 128), ("stage", stage, 4096), ("message", message, 4096)):
        if value is not UNSET:
            progress[name] = None if value is None else clean(value, most)
    if percent is not UNSET:
        number = None if percent is None else float(percent)
        if number is None or number == number:  # not NaN
            progress["percent"] = None if number is None else min(max(number, 0.0), 100.0)
    if indeterminate is not UNSET:
        progress["indeterminate"] = None if indeterminate is None else bool(indeterminate)
    if condition is not UNSET:
        if condition is not None and condition not in CONDITIONS:
            raise ValueError(f"condition is one of {', '.join(CONDITIONS)} or None, not {condition!r}")
        progress["condition"] = condition
    if steps is not UNSET:
        progress["steps"] = None if steps is None else _steps_of(steps)
    return progress


def _steps_of(steps: Iterable[StepLike]) -> List[Dict[str, Any]]:
    made = [_step_of({"name": step} if isinstance(step, str) else step) for step in steps]
    if len(made) > 50:
        raise ValueError(f"a task has at most 50 steps, not {len(made)}")
    return made


def _step_of(step: Mapping[str, Any]) -> Dict[str, Any]:
    made: Dict[str, Any] = {"name": clean_line(step["name"], 128) or "-"}
    state: Optional[str] = step.get("state")
    if state is not None:
        if state not in STATES:
            raise ValueError(f"the state of a step is one of {', '.join(STATES)}, not {state!r}")
        made["state"] = state
    for key in ("done", "total"):
        if step.get(key) is not None:
            made[key] = count_of(step[key], f"{key} of a step")
    return made
