"""Times that grow with the number of pixels, against lines computed by hand."""

import pytest

from rasterbout.history.growth import fit


def test_a_line_is_found_and_predicts_without_error():
    found = fit({100: 1.2, 200: 1.4, 1000: 3.0, 5000: 11.0})
    assert (found.fixed_s, found.s_per_pixel) == (pytest.approx(1.0), pytest.approx(0.002))
    assert found.error == pytest.approx(0, abs=1e-9)
    assert found.time_s(700) == pytest.approx(2.4)


def test_the_error_is_that_at_the_worst_size_that_was_left_out():
    found = fit({100: 1.0, 200: 2.0, 400: 8.0})  # 100 and 200 predict 4.0 at 400
    assert found.error >= 0.5


def test_two_sizes_are_no_check():
    assert fit({100: 1.0, 200: 2.0}) is None


def test_no_time_is_negative():
    found = fit({100: 0.1, 200: 0.5, 400: 2.0})
    assert found.fixed_s >= 0
    assert found.s_per_pixel >= 0
