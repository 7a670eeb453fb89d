"""Text and numbers as taskwire takes them."""
import math
import re
from typing import Any, Optional

MOST = 2**53


def clean(text: Any, most: int) -> str:
    """At most so many bytes of UTF-8, without what is no text."""
    raw = str(text).encode("utf-8", "replace")[:most]
    return raw.decode("utf-8", "ignore")


def clean_line(text: Any, most: int) -> str:
    """The same, in one line."""
    return clean(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", str(text)), most)


def count_of(value: Any, what: str) -> Optional[int]:
    """A count in range; None where the number is none that can be told (NaN)."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{what} is to be a number, not {value!r}") from None
    if math.isnan(number):
        return None
    return int(min(max(number, 0), MOST)) if not isinstance(value, int) else min(max(value, 0), MOST)
