"""Processes that do pieces of work and give small results. They import no torch, so they are there at once.

Made from a clean server process where the system has that (forkserver): they hold none of their parent's threads, locks
or graphics memory, and end with it.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any

from netbuilder.child import describe_exit
from netbuilder.data.errors import DataError

AHEAD = 2  # pieces for each process that are begun before their results are taken

Work = Callable[[Any], Any]
_work: list[Work] = []  # of this process, where it is one of those: sent once, not with every piece


def results(work: Work, pieces: Sequence[Any], count: int, what: str) -> Iterator[Any]:
    """work(piece) of all pieces, in order, by `count` processes (0: by this one). `what` names the data in sentences.

    Raises DataError, and what the work raises.
    """
    if not count:
        yield from map(work, pieces)
        return
    pool = ProcessPoolExecutor(count, context(), _begin, (work,))
    waiting: deque[Future[Any]] = deque()
    left = iter(pieces)
    try:
        for piece in left:
            waiting.append(pool.submit(_do, piece))
            if len(waiting) >= AHEAD * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        processes = (getattr(pool, "_processes", None) or {}).values()
        raise DataError(died(what, [process.exitcode for process in processes])) from None
    finally:
        pool.shutdown(cancel_futures=True)


def died(what: str, codes: Sequence[int | None]) -> str:
    """A sentence about processes that read the data `what` and ended before they should, by their exit codes."""
    how = describe_exit(next(filter(None, codes), 1))
    return f"A process that read the data {what!r} {'was ' if how.startswith(('killed', 'ended by')) else ''}{how}."


def context(*more: str) -> Any:
    """The way in which processes are made. The server imports this module and `more`, once for all."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([__name__, "netbuilder.data.gather", *more])
    return found


def warm_up() -> None:
    """Starts the server now, if there is to be one, so that it is ready when processes are wanted. Returns at once."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        context()
        forkserver.ensure_running()


def _begin(work: Work) -> None:
    _work[:] = [work]
    end_with_parent()


def end_with_parent() -> None:
    """From now on this process ends when the one that wanted it does, however that ends.

    The server does not see to it: it lives as long as any process that it made.
    """
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _do(piece: Any) -> Any:
    return _work[0](piece)
