"""What earlier runs say about files like the user's, from records written by hand."""

from dataclasses import replace

import pytest

from rasterbout.history.likeness import blocks, same_size, traits
from rasterbout.history.recall import Measured, Predicted, recall
from rasterbout.history.words import as_json, lines
from rasterbout.reports.statistics.runs import Run
from test_records import RECORD

LIKE = replace(
    RECORD, operation="ndvi", parameters={"red_band": 1, "nir_band": 1}, input_dtype="uint16",
    input_compression="deflate", input_blocks=[512, 512], pixels=1_000_000, started_at="2026-11-20T10:00:00+00:00",
)  # fmt: skip
FIELDS = vars(LIKE) | {"dataset": "files", "size": 1000, "inputs": ["/mine/red.tif"]}


def run(name="a", rounds=4, **changes):
    """Return a run with two backends, of which numba-fused is three times as fast."""
    noise = [1.0, 1.01, 0.99, 1.02, 0.98, 1.0]
    return Run(name=name, records=[
        replace(LIKE, backend=backend, round=number + 1, wall_s=[wall_s * noise[number]], **changes)
        for backend, wall_s in (("numba-fused", 1.0), ("gdal-cli", 3.0)) for number in range(rounds)
    ])  # fmt: skip


def test_the_answer_of_a_run_on_files_like_this():
    found = recall(FIELDS, [run()])
    assert isinstance(found, Measured)
    assert found.found.time.choice.backend == "numba-fused"
    said = list(lines(found, FIELDS))
    assert said[0].startswith("ndvi: numba-fused, chunk ")
    assert said[-1] == (
        "  measured on files like this: uint16, deflate, 512 x 512 tiles, 1,000,000 pixels; output tiled, none; "
        "4 rounds on 2026-11-20"
    )
    assert as_json(found, FIELDS)["use"]["backend"] == "numba-fused"


def test_the_run_with_the_most_rounds_counts():
    few, many = run("few", rounds=2), run("many", rounds=6)
    assert len(recall(FIELDS, [many, few]).records) == 12


@pytest.mark.parametrize(
    "changes",
    [
        {"operation": "downscale", "parameters": {"factor": 2}}, {"input_dtype": "int16"},
        {"input_compression": "none"},
        {"input_blocks": [1, 1000]}, {"layout": "strips"}, {"compress": "deflate"}, {"cache_asked": "cold"},
        {"pixels": 2_000_000}, {"pixels": None}, {"status": "wrong", "wall_s": []},
    ],
    ids=str,
)  # fmt: skip
def test_other_files_and_wrong_results_are_not_like_this(changes):
    records = [replace(one, **changes) for one in run().records]
    assert recall(FIELDS, [Run(name="a", records=records)]) is None


def test_bands_and_files_do_not_matter():
    other = run(parameters={"red_band": 3, "nir_band": 4}, inputs=["/other.tif"], dataset="s2-tile", size=1000)
    assert recall(FIELDS, [other]) is not None


def test_a_size_between_measured_ones_is_predicted():
    sizes = {
        pixels: Run(name=str(pixels), records=[
            replace(one, pixels=pixels, size=pixels, wall_s=[one.wall_s[0] * pixels / 1e6]) for one in run().records
        ])
        for pixels in (250_000, 500_000, 4_000_000)
    }  # fmt: skip
    found = recall(FIELDS, sizes.values())
    assert isinstance(found, Predicted)
    assert found.growths[0][0]["backend"] == "numba-fused"
    assert found.growths[0][1].time_s(1_000_000) == pytest.approx(1.0, rel=0.03)
    assert found.close == []
    said = list(lines(found, FIELDS))
    assert "not measured at this size; predicted" in said[1]
    assert "from 3 sizes" in said[1]
    assert as_json(found, FIELDS)["evidence"] == "predicted"
    assert recall(FIELDS | {"pixels": 5_000_000}, sizes.values()) is None  # beyond what was measured


def test_nothing_like_this():
    assert recall(FIELDS, []) is None
    assert next(lines(None, FIELDS)).startswith("nothing like this was measured")
    assert as_json(None, FIELDS)["evidence"] == "none"


def test_traits_of_strips_do_not_depend_on_the_width():
    assert traits(FIELDS | {"input_blocks": [1, 1000]}) == traits(FIELDS | {"input_blocks": [1, 2000]})
    assert blocks({"input_blocks": []}) == "unknown blocks"
    assert same_size(1000, 1009)
    assert not same_size(1000, 1020)
