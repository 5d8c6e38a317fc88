"""Tables, CSV and page follow the table of measures: a new one needs no other change."""

import csv
import io
import json
import re
from dataclasses import dataclass, replace

import pytest
from rich.console import Console

from browser import CHROMIUM, browser
from rasterbout import measures
from rasterbout.measures import Measure
from rasterbout.record import Record
from rasterbout.reports.page.page import page
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.tables.export import as_csv, as_markdown
from rasterbout.reports.tables.terminal import tables
from test_records import RECORD

FAULTS = Measure(
    name="faults", title="page faults", unit="k", scale=1e-3, form=".1f", column="faults\nk", on_page=True,
    rounds="max", less_is_better=True,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Newer(Record):
    """A record with one more measure."""

    faults: int | None = None


@pytest.fixture
def newer(monkeypatch):
    monkeypatch.setattr(measures, "TABLE", (*measures.TABLE, FAULTS))
    monkeypatch.setattr(measures, "BY_NAME", measures.BY_NAME | {"faults": FAULTS})
    rounds = [Newer(**{**vars(replace(RECORD)), "round": number, "faults": 1000 * number}) for number in (1, 2, 3)]
    return Run(name="mine", records=rounds)


def shown(run):
    console = Console(width=200, record=True, file=io.StringIO())
    for table in tables(run.records):
        console.print(table)
    return console.export_text()


def embedded(text, name):
    (found,) = re.findall(rf'id="{name}">(.*?)</script>', text, re.DOTALL)
    return json.loads(found)


def test_a_new_measure_is_a_column_of_every_table(newer):
    assert "faults" in shown(newer)
    assert shown(newer).split()[-2:] == ["1.0e-08", "3.0"]
    (row,) = csv.DictReader(io.StringIO(as_csv([newer])))
    assert row["faults"] == "3000"
    assert "page faults (k)" in as_markdown([newer])


def test_a_new_measure_is_on_the_page(newer):
    text = page([newer])
    (measure,) = [one for one in embedded(text, "measures") if one["name"] == "faults"]
    assert (measure["title"], measure["unit"], measure["on_page"]) == ("page faults", "k", True)
    (cell,) = embedded(text, "cells")
    assert (cell["faults"], [sample["faults"] for sample in cell["samples"]]) == (3000, [1000, 2000, 3000])


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: sudo tools/install_browser.sh")
def test_a_new_measure_can_be_chosen_on_the_page(newer, tmp_path):
    (tmp_path / "page.html").write_text(page([newer]))
    with browser() as seen:
        seen.page.goto((tmp_path / "page.html").as_uri())
        seen.page.select_option("select[name=measure]", label="page faults")
        assert seen.page.locator("#comparison td").inner_text().split()[:2] == ["3.0", "k"]
        assert seen.page.locator("select[name=measure] option").all_inner_texts() == ["time", "page faults"]
        seen.page.locator("#comparison td button").click()
        assert "page faults (k)" in seen.page.locator("dialog[open] table").inner_text()
        assert seen.complaints == []


ENERGY = [
    replace(RECORD, round=number, floor_s=0.2, energy_j=[20.0, 40.0, 30.0], floor_energy_j=6.0) for number in (1, 2)
]


def test_energy_has_its_unit_and_the_floors_share_beside_it():
    run = Run(name="mine", records=ENERGY)
    headings = " ".join(shown(run).splitlines()[1].split())
    assert "floor energy floor" in headings
    numbers = shown(run).splitlines()[3].split()
    assert numbers[5:8] == ["66.7", "30.0", "20.0"]
    assert "energy of the processor (J)" in as_markdown([run])


def test_energy_that_was_not_read_has_no_column_and_the_page_gives_the_reason():
    energy = {"readable": False, "reason": "energy_uj may be read by root alone", "remedy": "sudo chmod a+r energy_uj"}
    run = Run(name="mine", records=[RECORD], environment={"energy": energy})
    assert "energy" not in shown(run) + as_markdown([run])
    text = page([run])
    assert "not read: energy_uj may be read by root alone; to allow it: sudo chmod a+r energy_uj" in text
    readable = {"readable": True, "reason": "", "remedy": ""}
    assert "read from the counters" in page([replace(run, environment={"energy": readable})])


def test_energy_of_unfit_rounds_is_left_out():
    disturbed = [replace(one, round=one.round + 2, floor_s=0.2) for one in ENERGY]
    disturbed[-1] = replace(disturbed[-1], floor_s=9.0, energy_j=[999.0])
    (row,) = csv.DictReader(io.StringIO(as_csv([Run(name="", records=[*ENERGY, *disturbed])])))
    assert (float(row["energy_j"]), row["rounds"]) == (30.0, "3")
