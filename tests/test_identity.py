"""What identifies cases and tasks, and their names."""

import pytest

from rasterbout.identity import TASK, case_names, key, result_name, setting_name, task_details, task_name, task_names

GRID = {"crs": "EPSG:32631", "transform": [10.0, 0.0, 300000.0, 0.0, -10.0, 4900020.0], "width": 1024, "height": 512}
SHIFTED = GRID | {"transform": [10.0, 0.0, 300005.0, 0.0, -10.0, 4900020.0]}
NDVI = {
    "dataset": "s2-tile", "size": 2048, "operation": "ndvi", "parameters": {"red_band": 1, "nir_band": 1},
    "layout": "tiled", "compress": "none", "cache_asked": "warm", "inputs": ["/red.tif", "/nir.tif"],
    "backend": "otb-cli", "chunk": 512, "workers": 2, "threads": 1, "scheduler": "",
}  # fmt: skip
SUPERIMPOSE = NDVI | {
    "operation": "superimpose",
    "parameters": {"reference": GRID, "resampling": "cubic"},
    "inputs": ["/a.tif"],
}


def test_names_of_a_task_a_result_and_a_setting():
    assert task_name(NDVI) == "ndvi on s2-tile 2048, tiled, none, cache warm"
    assert result_name(NDVI) == "ndvi on s2-tile 2048, tiled, none"
    assert setting_name(NDVI) == "otb-cli, chunk 512, 2 workers"


def test_tasks_of_other_bands_have_other_keys_and_names():
    other = NDVI | {"parameters": {"red_band": 3, "nir_band": 4}}
    names = task_names([NDVI, other])
    assert names[key(NDVI, TASK)] == "ndvi on s2-tile 2048, tiled, none, cache warm"
    assert names[key(other, TASK)] == "ndvi (nir band 4, red band 3) on s2-tile 2048, tiled, none, cache warm"


def test_tasks_onto_two_grids_state_them():
    other = SUPERIMPOSE | {"parameters": {"reference": SHIFTED, "resampling": "cubic"}}
    assert task_details([SUPERIMPOSE, other]) == {
        key(SUPERIMPOSE, TASK): "onto 1024 x 512 pixels of 10 x 10 at (300000, 4900020), EPSG:32631",
        key(other, TASK): "onto 1024 x 512 pixels of 10 x 10 at (300005, 4900020), EPSG:32631",
    }


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"inputs": ["/b.tif"]}, "/b.tif"),
        ({"parameters": {"reference": GRID, "resampling": "cubic", "moving_band": 1}}, '"moving_band": 1'),
    ],
)
def test_tasks_of_one_name_state_what_differs_and_no_more(changes, detail):
    other = SUPERIMPOSE | changes
    names = task_names([SUPERIMPOSE, other, other])
    assert len(names) == len(set(names.values())) == 2
    assert detail in names[key(other, TASK)]
    assert ("onto" in names[key(other, TASK)]) is False


def test_a_task_alone_has_no_details():
    assert set(task_details([SUPERIMPOSE, NDVI, SUPERIMPOSE]).values()) == {""}


def test_cases_of_one_name_state_files_and_parameters():
    names = case_names([SUPERIMPOSE, SUPERIMPOSE | {"inputs": ["/b.tif"]}])
    assert len(set(names.values())) == 2
