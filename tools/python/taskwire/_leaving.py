"""Whether a loop was left by `break` or `return`, or by an exception: the iterator of a `for` learns only that it was dropped."""
import dis
from types import FrameType

_ORDERLY = {"POP_TOP", "POP_ITER", "RETURN_VALUE", "RETURN_CONST"}


def is_orderly(frame: FrameType) -> bool:
    """Of the frame in which the iterator was dropped: by an instruction that drops things, not by one that raised."""
    at = frame.f_lasti
    return at >= 0 and dis.opname[frame.f_code.co_code[at]] in _ORDERLY
