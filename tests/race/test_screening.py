"""Which settings go from the piece to the whole files, on hand-made times."""

from rasterbout.race.screening import could_win, within_margin


def test_settings_within_the_margin_go_on_fastest_first():
    assert within_margin({"a": 2.0, "b": 1.0, "c": 3.0, "d": 3.1}) == ["b", "a", "c"]
    assert within_margin({}) == []


def test_nothing_comes_back_if_the_order_held():
    piece = {"a": 1.0, "b": 1.5, "c": 2.5, "slow": 3.5}
    assert could_win(piece, {"a": 10.0, "b": 15.1, "c": 24.9}) == []


def test_settings_come_back_if_the_order_changed_so_much_that_they_could_win():
    piece = {"a": 1.0, "b": 2.9, "c": 2.0, "slow": 4.0, "slower": 12.0}
    assert could_win(piece, {"a": 10.0, "b": 11.0, "c": 12.0}) == ["slow"]


def test_fewer_than_three_settings_show_no_spread():
    assert could_win({"a": 1.0, "b": 2.0, "c": 4.0}, {"a": 9.0, "b": 1.0}) == []
    assert could_win({}, {}) == []
