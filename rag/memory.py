"""Free memory is given back to the operating system."""

import ctypes


def give_back() -> None:
    """Returns freed memory to the system. glibc would keep it: after one index has replaced
    another, the size of an index.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # glibc's own; others give back by themselves
        return
    trim(0)
