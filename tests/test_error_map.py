"""The map of errors, against one made pixel by pixel."""

import math

import numpy as np
import pytest

from rasterbout.error_map import MOST_CELLS, ErrorMap, cell_edge
from rasterbout.window import Window, cut


@pytest.mark.parametrize(("shape", "edge"), [((1, 1), 1), ((160, 160), 1), ((161, 3), 2), ((10980, 10980), 69)])
def test_cells_are_as_small_as_the_picture_allows(shape, edge):
    assert cell_edge(shape) == edge
    assert max(ErrorMap(shape).largest.shape) <= MOST_CELLS


@pytest.mark.parametrize("piece", [(500, 700), (64, 64), (1, 700), (7, 13)])
@pytest.mark.parametrize("shape", [(500, 700), (33, 481), (3, 5)])
def test_each_cell_has_its_largest_error(shape, piece):
    chance = np.random.default_rng(4)
    error = chance.exponential(size=(2, *shape))
    error[chance.random(error.shape) < 0.001] = np.nan
    defined = chance.random(error.shape) < 0.5
    found = ErrorMap(shape)
    for window in cut(shape, piece):
        found.add(window, error[:, *window.slices], defined[:, *window.slices])
    edge = cell_edge(shape)
    for row, column in np.ndindex(found.largest.shape):
        cell = (slice(None), slice(row * edge, (row + 1) * edge), slice(column * edge, (column + 1) * edge))
        compared = error[cell][defined[cell]]
        wanted = math.nan if compared.size == 0 else math.inf if np.isnan(compared).any() else compared.max()
        assert found.largest[row, column] == wanted or (math.isnan(wanted) and math.isnan(found.largest[row, column]))


def test_shares_are_merged():
    one, other = ErrorMap((2, 2)), ErrorMap((2, 2))
    one.add(Window(0, 0, 1, 2), np.array([[[1.0, 2.0]]]), np.array([[[True, True]]]))
    other.add(Window(1, 0, 1, 2), np.array([[[3.0, np.nan]]]), np.array([[[True, False]]]))
    one.merge(other)
    np.testing.assert_array_equal(one.largest, [[1.0, 2.0], [3.0, np.nan]])
