"""Ctrl-C while threads start: no thread may still work when the caller closes its files."""

import threading
import time

import pytest

from rasterbout.backends._shared.threads import started_threads, work_through
from rasterbout.window import cut


def test_no_work_goes_on_after_an_interrupt_in_the_start_of_a_thread(monkeypatch):
    start = threading.Thread.start

    def interrupted(thread):
        start(thread)
        raise KeyboardInterrupt  # as the signal does while start() waits for the new thread

    ended = []

    def work(_window):
        time.sleep(0.1)
        ended.append(time.monotonic())

    before = set(threading.enumerate())
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), started_threads(2) as threads:
        work_through(cut((4, 4), (1, 1)), work, threads)
    closing = time.monotonic()
    for lost in set(threading.enumerate()) - before:
        lost.join()
    assert all(end < closing for end in ended)


def test_all_threads_run_before_the_first_piece_of_work():
    before = threading.active_count()
    with started_threads(3):
        assert threading.active_count() == before + 3
    assert threading.active_count() == before
