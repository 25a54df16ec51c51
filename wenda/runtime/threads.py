"""How many threads the libraries of this process compute with."""

from functools import cache

from threadpoolctl import threadpool_limits


@cache
def limit_blas_threads() -> None:
    """Has numpy compute each matrix product in one thread, for the whole process. Those of a
    question are small, and questions run at once: threads of theirs would only wait for each other.
    """
    threadpool_limits(1, user_api="blas")
