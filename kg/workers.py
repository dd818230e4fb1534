"""Work in parts: the same function over many parts, one after the other here, in several processes, or on a cluster.

The results come in the order of the parts, whoever made them, so that what is put together from them has the same
bytes. Functions and parts travel by pickle: a function is one of a module's, and a part names files by paths that
everybody sees.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from kg.errors import NoWorkers

Part = TypeVar("Part")
Result = TypeVar("Result")
AHEAD = 2
"""Parts that are given out for each worker: one to work on, one to go on with. More would only fill the memory."""
PATIENCE = 10.0
"""Seconds within which a scheduler has to answer."""


class Each(Protocol):
    """What applies a function to each of some parts, and gives the results in their order, as far as they are asked
    for. Raises what the function raises, and NoWorkers where nobody is left to work."""

    def __call__(self, work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
        """Apply `work` to the parts."""


def here(work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """One part after the other, in this process."""
    return map(work, parts)


@contextmanager
def workers(processes: int = 1, scheduler: str | None = None) -> Iterator[Each]:
    """Those who work: so many processes of this machine (1: this one), or the cluster of a scheduler of Dask, given by
    its address (`tcp://host:8786`).

    Raises NoWorkers where there is no such scheduler, or nobody works for it.
    """
    if scheduler is not None:
        with _cluster(scheduler) as each:
            yield each
    elif processes == 1:
        yield here
    else:
        # not forked: a fork of a process with threads, or with an open database, may hang
        with ProcessPoolExecutor(processes, get_context("spawn")) as executor:
            yield _by(executor, processes, "no workers", (BrokenExecutor,))


@contextmanager
def _cluster(address: str) -> Iterator[Each]:
    try:
        from distributed import CancelledError, Client, KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError:
        raise NoWorkers(
            f"no workers at {address}: `pip install 'controlgraph[cluster]'` brings what it needs"
        ) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoWorkers(f"no workers at {address}: no scheduler answers there: {error}") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise NoWorkers(f"no workers at {address}: nobody works for it; `dask worker` starts one")
        # a worker that ends is no failure of a part: the scheduler gives the part to another
        yield _by(
            client.get_executor(pure=False),
            threads,
            f"no workers at {address}",
            (KilledWorker, CancelledError, CommClosedError),
        )


def _by(executor: Executor, number: int, where: str, ends: tuple[type[BaseException], ...]) -> Each:
    """Have an executor do it, a few parts ahead of what is asked for; `ends` tell that its workers have ended."""

    def each(work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
        waiting = deque[Future[Any]]()
        try:
            for part in parts:
                waiting.append(executor.submit(work, part))
                if len(waiting) >= AHEAD * number:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except ends as error:
            raise NoWorkers(f"{where}: those who worked have ended: {error or type(error).__name__}") from None
        finally:
            for future in waiting:
                future.cancel()

    return each
