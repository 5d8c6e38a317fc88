"""Rules of thumb, against cases computed by hand."""

from dataclasses import replace

import pytest

from rasterbout.reports.statistics.rules import clash, rules
from test_records import RECORD

CASE = replace(RECORD, size=1024, cpu_s=[1.0], floor_s=0.5, startup_s=0.2, input_blocks=[512, 512])
NOISE = (1.0, 1.02, 0.98, 1.01)


def rounds(backend, wall_s, **changes):
    """Return a record for each round, from 1; the machine is as slow in one for all."""
    return [
        replace(CASE, backend=backend, round=number, wall_s=[wall_s * factor], **changes)
        for number, factor in enumerate(NOISE, start=1)
    ]


def advice(*records):
    return [rule.advice for rule in rules([record for group in records for record in group])]


def test_nothing_varied_is_no_rule():
    assert advice(rounds("a", 1.0), rounds("b", 2.0)) == []
    assert rules([]) == []


def test_the_best_chunk_with_the_others_as_evidence():
    records = [*rounds("a", 1.0, chunk=512), *rounds("a", 3.0, chunk=256), *rounds("a", 2.0, chunk="auto")]
    (rule,) = rules(records)
    assert rule.advice == "a: chunk 512 is the fastest"
    assert rule.evidence == "at 2 workers, against the others auto: 2.00 x [2.00, 2.00], 256: 3.00 x [3.00, 3.00]"


def test_chunks_are_compared_at_one_number_of_workers():
    found = advice(
        rounds("a", 1.0, chunk=512, workers=2), rounds("a", 3.0, chunk=256, workers=2),
        rounds("a", 9.0, chunk=512, workers=1), rounds("a", 2.5, chunk=256, workers=1),
    )  # fmt: skip
    assert found[0] == "a: chunk 512 is the fastest"


def test_chunks_too_close_to_call():
    noisy = [
        replace(one, wall_s=[wall_s])
        for one, wall_s in zip(rounds("a", 1.0, chunk=256), (1.1, 0.97, 1.04, 1.0), strict=True)
    ]
    (found,) = advice(rounds("a", 1.0, chunk=512), noisy)
    assert found == "a: chunk 512, too close to call with 256"


def test_a_best_chunk_that_cuts_through_blocks_is_noted():
    (found,) = advice(rounds("a", 1.0, chunk=500), rounds("a", 2.0, chunk=512))
    assert found == "a: chunk 500 is the fastest, though it cuts through the file's blocks of 512 x 512"


@pytest.mark.parametrize(
    ("chunk", "blocks", "clashes"),
    [("512", [512, 512], False), ("1024", [512, 512], False), ("256", [512, 512], True), ("512", [32, 10980], True),
     ("auto", [512, 512], False), ("512", [], False)],
)  # fmt: skip
def test_what_clashes(chunk, blocks, clashes):
    assert clash(chunk, 10980, blocks) is clashes


def test_a_piece_as_large_as_the_raster_cuts_nothing():
    assert not clash("512", 500, [32, 500])


def test_whether_dask_pays_off():
    (rule,) = rules([*rounds("dask-coarsen", 3.0), *rounds("dask-map-blocks", 2.0), *rounds("plain", 1.0)])
    assert rule.advice == "dask does not pay off at 1024 pixels"
    assert rule.evidence == "plain takes 0.50 x [0.50, 0.50] the time of dask-map-blocks"


def test_dask_that_pays_off_has_to_make_up_for_its_start():
    (rule,) = rules([*rounds("dask-coarsen", 1.0, startup_s=1.7), *rounds("plain", 2.0)])
    assert rule.advice == "dask pays off at 1024 pixels"
    assert rule.evidence.endswith("; it takes 1.5 s more to start, which 2 runs in one session make up for")
    (rule,) = rules([*rounds("dask-coarsen", 1.0, startup_s=None), *rounds("plain", 2.0)])
    assert "start" not in rule.evidence


def test_dask_too_close_to_call_and_the_baseline_is_not_dask_at_its_best():
    assert advice(rounds("dask-notebook", 9.0), rounds("plain", 1.0)) == []
    few = rounds("dask-coarsen", 1.0)[:1]
    assert advice(few, rounds("plain", 2.0)) == ["whether dask pays off is too close to call at 1024 pixels"]


def test_what_was_wrong_makes_no_rule():
    wrong = [replace(one, status="wrong", wall_s=[]) for one in rounds("a", 1.0, chunk=256)]
    assert advice(rounds("a", 1.0, chunk=512), wrong) == []
