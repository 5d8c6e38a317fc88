"""Results are kept until they are verified, each with what lies beside it."""

import pytest

from rasterbout.measure.results import Results, digest_of, output_path


@pytest.fixture
def take(tmp_path):
    """A function that writes a result, and perhaps a mask beside it, and takes both away."""
    results = Results(tmp_path)

    def write(content, mask=None):
        output_path(tmp_path, 0).write_bytes(content)
        if mask is not None:
            output_path(tmp_path, 0).with_name("output-0.tif.msk").write_bytes(mask)
        return results.take(0)

    write.results = results
    return write


def test_equal_results_stand_for_each_other(take, tmp_path):
    assert take(b"one") == take(b"one")
    (kept,) = take.results.to_verify({})
    assert digest_of(tmp_path / kept.path) == kept.digest


def test_a_mask_beside_equal_pixels_is_another_result(take, tmp_path):
    plain, masked = take(b"one"), take(b"one", b"mask")
    assert plain[0] != masked[0]
    assert plain[1] == masked[1] == 3
    first, second = (tmp_path / one.path for one in take.results.to_verify({}))
    assert not first.with_name(f"{first.name}.msk").exists()
    assert second.with_name(f"{second.name}.msk").read_bytes() == b"mask"
    assert [digest_of(first), digest_of(second)] == [plain[0], masked[0]]


def test_no_file_is_no_result(take):
    assert take.results.take(0) == (None, 0)
