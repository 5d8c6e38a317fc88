"""Means over windows by OTB, which has no application for them: resampling at the right places gives them.

Halfway between two pixels linear interpolation is their mean, so one Superimpose onto a grid twice
as coarse is the mean of 2 x 2. For an odd prime p each line of p pixels is sampled between its
pairs and at its last pixel, first along x, then along y, and the samples averaged. Factors are
taken apart into primes; the work shrinks with each.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from affine import Affine

from rasterbout.backends import _otb_step, _vrt
from rasterbout.backends._otb_step import Step
from rasterbout.grid import Grid
from rasterbout.raster import Raster


@dataclass(frozen=True)
class Image:
    """An image on its way through the chain: a view of it, its grid, and how many bands it has.

    A view, not the file that OTB wrote, so that its CRS is the one given here.
    """

    path: Path
    grid: Grid
    count: int


def window_mean(source: Raster, factor: int, output: str, scratch: Path) -> list[Step]:
    """Return the steps that write the mean of the valid pixels of each window to ``output``.

    Intermediate files go into ``scratch``.
    """
    chain = _Chain(scratch)
    plain = replace(source, grid=_otb_step.without_odd_crs(source.grid))
    image = chain.coarsen(_whole_windows(_readable(plain, scratch), factor), factor)
    final = _vrt.write_moved(scratch / "final.vrt", image.path, image.count, replace(image.grid, crs=source.grid.crs))
    expression = _quotients(source.count, factor) if source.may_be_invalid else "im1"
    last = _otb_step.band_math if source.count == 1 and source.may_be_invalid else _otb_step.band_math_x
    return [*chain.steps, last([final], expression, output)]


def prime_factors(number: int) -> list[int]:
    """Return the primes that multiply to ``number``, smallest first."""
    primes = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            primes.append(divisor)
            number //= divisor
        divisor += 1
    return [*primes, number] if number > 1 else primes


def _quotients(bands: int, factor: int) -> str:
    """Return the expression that divides mean values by the share of valid pixels.

    The coordinates of a centre are rounded, so a trace of the next window comes in: a share of less
    than half a pixel is no pixel.
    """
    least = 0.5 / factor**2
    pairs = ((f"im1b{2 * band + 1}", f"im1b{2 * band + 2}") for band in range(bands))
    return " ; ".join(f"({share} < {least!r}) ? 0.0 / 0.0 : {value} / {share}" for value, share in pairs)


def _readable(source: Raster, scratch: Path) -> Image:
    """Return a view of ``source``; where it may be invalid, with its validity beside each band."""
    if not source.may_be_invalid:
        path = _vrt.write_moved(scratch / "source.vrt", source.path, source.count, source.grid)
        return Image(path, source.grid, source.count)
    path = _vrt.write_values_and_validity(scratch / "valid.vrt", _vrt.nan_only(source, scratch / "nan.vrt"))
    return Image(path, source.grid, 2 * source.count)


def _whole_windows(image: Image, factor: int) -> Image:
    coarse = image.grid.coarsen(factor)
    covered = replace(image.grid, width=coarse.width * factor, height=coarse.height * factor)
    return replace(image, grid=covered)


@dataclass(frozen=True)
class _Chain:
    """Steps collected one after the other; each writes a file of ``scratch``."""

    scratch: Path
    steps: list[Step] = field(default_factory=list)

    def coarsen(self, image: Image, factor: int) -> Image:
        for prime in prime_factors(factor):
            image = self._halve(image) if prime == 2 else self._average_lines(image, prime)
        return image

    def _halve(self, image: Image) -> Image:
        return self._resample(image, image.grid.coarsen(2))

    def _average_lines(self, image: Image, prime: int) -> Image:
        for across, down in ((prime, 1), (1, prime)):
            grid = replace(
                image.grid,
                transform=image.grid.transform @ Affine.scale(across, down),
                width=image.grid.width // across,
                height=image.grid.height // down,
            )
            samples = [
                self._resample(self._moved(image, (across > 1) * shift, (down > 1) * shift), grid)
                for shift in _shifts(prime)
            ]
            image = self._average(samples, prime)
        return image

    def _resample(self, image: Image, grid: Grid) -> Image:
        reference = _otb_step.reference(self.scratch, f"step{len(self.steps)}", grid)
        output = self._output()
        self.steps.append(_otb_step.superimpose(image.path, reference, "linear", str(output)))
        return Image(_vrt.write_moved(output.with_suffix(".vrt"), output, image.count, grid), grid, image.count)

    def _moved(self, image: Image, right_px: float, down_px: float) -> Image:
        """Return a view of ``image`` that lies elsewhere, so that the grid's centres meet other places of it."""
        path = self.scratch / f"step{len(self.steps)}.moved.vrt"
        grid = replace(image.grid, transform=image.grid.transform @ Affine.translation(right_px, down_px))
        return replace(image, path=_vrt.write_moved(path, image.path, image.count, grid), grid=grid)

    def _average(self, samples: list[Image], prime: int) -> Image:
        """Average the means of pairs, which count twice, and the last single pixel."""
        paths, grid, count = [sample.path for sample in samples], samples[0].grid, samples[0].count
        outputs = []
        for band in range(1, count + 1):
            pairs = " + ".join(f"im{number}b{band}" for number in range(1, len(samples)))
            outputs.append(self._output())
            expression = f"(({pairs}) * 2 + im{len(samples)}b{band}) / {prime}"
            self.steps.append(_otb_step.band_math(paths, expression, str(outputs[-1])))
        return Image(_vrt.write_stacked(outputs[-1].with_suffix(".vrt"), outputs, grid), grid, count)

    def _output(self) -> Path:
        return self.scratch / f"step{len(self.steps)}.tif"


def _shifts(prime: int) -> list[float]:
    """Return how far to move a line of ``prime`` pixels so that its centre meets each sample, in pixels."""
    between_pairs = [pair * 2 + 1.0 for pair in range(prime // 2)]
    return [prime / 2 - place for place in (*between_pairs, prime - 0.5)]
