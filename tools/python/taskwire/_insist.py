"""Asking for as long as that may help."""
import random
from typing import Callable, Optional

from ._http import Answer, Unreachable

FIRST_BACKOFF, MOST_BACKOFF = 0.2, 5.0  # seconds


def insist(ask: Callable[[], Answer], pause: Callable[[float, str], bool], most: float = MOST_BACKOFF) -> Optional[Answer]:
    """Asks until there is an answer that will not change; None where none is wanted any more.

    `pause` waits so many seconds, and says whether one is wanted still. Its text: what went wrong, to be said after the URL.
    """
    ceiling = FIRST_BACKOFF
    while True:
        least = 0.0
        try:
            answer = ask()
            if not answer.is_passing:
                return answer
            least = min(answer.retry_after, MOST_BACKOFF)
            why = f"answers {answer.detail}"
        except Unreachable as error:
            why = f"is away: {error}"
        if not pause(max(least, random.uniform(ceiling / 2, ceiling)), why):
            return None
        ceiling = min(ceiling * 2, most)
