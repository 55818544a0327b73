"""The executor of this machine: the standard shape, one worker a core."""

import os
from concurrent.futures import Executor, ThreadPoolExecutor


def local_executor(workers: int) -> Executor:
    """An executor of threads. Each gives its photos to a child process of its own, so threads are enough."""
    return ThreadPoolExecutor(max_workers=workers, thread_name_prefix="testigo")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
