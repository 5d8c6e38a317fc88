"""Flame graphs from stacks written by hand."""

from collections import Counter

import pytest

from rasterbout import identity
from rasterbout.reports.page.cells import cells
from rasterbout.reports.statistics.flames import bars
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.stacks import hottest, read_stacks
from test_records import RECORD

MEASURE = "<module> (rasterbout/measure/worker.py)"
ABOVE = f'process 7:"python -m worker";{MEASURE};perform (contract.py)'
TEXT = f"""\
{ABOVE};ndvi (adapter.py);read (io.py) 30
{ABOVE};ndvi (adapter.py);write (io.py) 20
{ABOVE};ndvi (adapter.py) 10
process 7:"python -m worker";{MEASURE};ask (rasterbout/measure/worker.py) 50
process 7:"python -m worker";process 8:"python -c 'import a; b(c=1)'";run (thread.py);read (io.py) 40
process 7:"python -m worker" 5
Error: a line without a number
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / identity.flames_name(vars(RECORD))
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_stacks_begin_below_the_call_of_the_backend_or_with_their_thread(file):
    assert read_stacks(file) == {
        ("ndvi (adapter.py)", "read (io.py)"): 30,
        ("ndvi (adapter.py)", "write (io.py)"): 20,
        ("ndvi (adapter.py)",): 10,
        ("run (thread.py)", "read (io.py)"): 40,
    }


def test_the_hottest_function_is_the_one_that_ran_not_its_caller(file):
    assert hottest(read_stacks(file), 2) == [("read (io.py)", 0.7), ("write (io.py)", 0.2)]


def test_bars_are_as_wide_as_their_samples_and_below_their_callers(file):
    found = [(bar.function, bar.depth, round(bar.left, 6), round(bar.right, 6)) for bar in bars(read_stacks(file))]
    assert found == [
        ("ndvi (adapter.py)", 0, 0.0, 0.6),
        ("read (io.py)", 1, 0.0, 0.3),
        ("write (io.py)", 1, 0.3, 0.5),
        ("run (thread.py)", 0, 0.6, 1.0),
        ("read (io.py)", 1, 0.6, 1.0),
    ]


def test_functions_of_a_few_samples_leave_a_gap():
    stacks = Counter({("a (x.py)",): 1, ("b (x.py)",): 999})
    (bar,) = bars(stacks)
    assert (bar.function, bar.left, bar.right) == ("b (x.py)", 0.001, 1.0)


def test_a_cell_has_the_bars_of_its_case_and_none_without_samples(file):
    sampled = Run(name="run", records=[RECORD], folder=file.parents[1])
    (cell,) = cells(sampled)
    assert [bar["function"] for bar in cell["flames"]][:2] == ["ndvi (adapter.py)", "read (io.py)"]
    (cell,) = cells(Run(name="run", records=[RECORD]))
    assert cell["flames"] == []
