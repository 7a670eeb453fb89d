"""Asking for as long as that may help."""
import logging
import random
from typing import Callable, Optional

from ._http import Answer, Unreachable

log = logging.getLogger("taskwire")

FIRST_BACKOFF, MOST_BACKOFF = 0.2, 5.0  # seconds


def insist(ask: Callable[[], Answer], pause: Callable[[float], bool], most: float = MOST_BACKOFF) -> Optional[Answer]:
    """Asks until there is an answer that will not change. `pause` waits so many seconds, and says whether one is wanted still; else None."""
    ceiling = FIRST_BACKOFF
    while True:
        least = 0.0
        try:
            answer = ask()
            if not answer.is_passing:
                return answer
            least = min(answer.retry_after, MOST_BACKOFF)
        except Unreachable as error:
            log.debug("taskwire: %s", error)
        if not pause(max(least, random.uniform(ceiling / 2, ceiling))):
            return None
        ceiling = min(ceiling * 2, most)
