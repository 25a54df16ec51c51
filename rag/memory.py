"""Free memory is given back to the operating system."""

import ctypes


def give_back() -> None:
    """Returns freed memory to the system. glibc would keep it: after a swap, as much as an index
    takes.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # glibc's own; others give back by themselves
        return
    trim(0)
