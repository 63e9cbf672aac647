"""Two threads that read Python at the same time do not disturb each other."""

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from jobs.checks.syntax import tree

SOURCE = "\n".join(f"def f{one}(a, b=[1, {one}]):\n    return {{a: b + [{one}]}}" for one in range(60))


class Loop:
    """Collected in a cycle, it lets another thread in, as any finalizer may."""

    def __init__(self) -> None:
        self.own = self

    def __del__(self) -> None:
        threading.Event().wait(0)


@pytest.fixture
def busy_collector() -> Iterator[None]:
    before, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50)
    sys.setswitchinterval(1e-5)
    yield
    gc.set_threshold(*before)
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("busy_collector")
def test_two_threads_read_at_the_same_time() -> None:
    failures: list[Exception] = []

    def read() -> None:
        for _ in range(15):
            Loop()
            try:
                tree(SOURCE)
            except SystemError as error:
                failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
