"""Pure work on all cores."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import django

Task = TypeVar("Task")
Result = TypeVar("Result")

WAITING = 2  # tasks a process, so that none is idle while results are written


def in_processes(
    work: Callable[[Task], Result], tasks: Iterable[Task], processes: int | None = None
) -> Iterator[Result]:
    """`work` of each task, in the order of the tasks, done by as many processes as there are cores.

    `work` is a module's own function without side effects; tasks and results can be pickled. Tasks
    are taken from their iterator as results are fetched, so that few are held at a time. Processes
    are started afresh rather than forked: a copy of an open database connection is no good.
    """
    count = processes or os.cpu_count() or 1
    ahead: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=django.setup) as pool:
        for task in tasks:
            ahead.append(pool.submit(work, task))
            if len(ahead) > count * WAITING:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
