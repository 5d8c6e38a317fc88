"""Means of windows by resampling, as OTB has no application for them.

Linear interpolation halfway between two pixels is their mean, so Superimpose onto a grid twice as
coarse yields means of 2 x 2 pixels. For an odd prime p, each line of p pixels is sampled between the
pixels of each pair and at the last pixel, along x and then along y, and the samples are averaged.
Other factors are divided into primes; each step reduces the number of pixels.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from affine import Affine

from rasterbout.backends._otb import step
from rasterbout.backends._otb.step import Step
from rasterbout.backends._shared import virtual
from rasterbout.grid import Grid
from rasterbout.raster import Raster


@dataclass(frozen=True)
class Image:
    """An intermediate image: a view of it, its grid and its number of bands.

    The view declares the CRS of ``grid``; the file that OTB wrote may declare another.
    """

    path: Path
    grid: Grid
    count: int


def window_mean(source: Raster, factor: int, output: str, scratch: Path) -> list[Step]:
    """Return the steps that write the mean of the valid pixels of each ``factor`` x ``factor`` window.

    Parameters
    ----------
    output
        Extended file name of the result.
    scratch
        Folder for intermediate files.
    """
    chain = _Chain(scratch)
    plain = replace(source, grid=step.without_odd_crs(source.grid))
    image = chain.coarsen(_whole_windows(_readable(plain, scratch), factor), factor)
    final = virtual.write_moved(
        scratch / "final.vrt", image.path, image.count, replace(image.grid, crs=source.grid.crs)
    )
    expression = quotients(source.count, factor) if source.may_be_invalid else "im1"
    last = step.band_math if source.count == 1 and source.may_be_invalid else step.band_math_x
    return [*chain.steps, last([final], expression, output)]


def prime_factors(number: int) -> list[int]:
    """Return the prime factors of ``number`` in ascending order."""
    primes = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            primes.append(divisor)
            number //= divisor
        divisor += 1
    return [*primes, number] if number > 1 else primes


def quotients(bands: int, factor: int) -> str:
    """Return the expression that divides means by the share of valid pixels."""
    # OTB rounds the coordinates of centres, so pixels of the next window contribute with tiny weights.
    # A share of less than half a pixel therefore counts as no valid pixel.
    least = 0.5 / factor**2
    pairs = ((f"im1b{2 * band + 1}", f"im1b{2 * band + 2}") for band in range(bands))
    return " ; ".join(f"({share} < {least!r}) ? 0.0 / 0.0 : {value} / {share}" for value, share in pairs)


def _readable(source: Raster, scratch: Path) -> Image:
    """Return a view of ``source``; if it may have invalid pixels, a band of validity follows each band."""
    if not source.may_be_invalid:
        path = virtual.write_moved(scratch / "source.vrt", source.path, source.count, source.grid)
        return Image(path, source.grid, source.count)
    path = virtual.write_values_and_validity(scratch / "valid.vrt", virtual.nan_only(source, scratch / "nan.vrt"))
    return Image(path, source.grid, 2 * source.count)


def _whole_windows(image: Image, factor: int) -> Image:
    coarse = image.grid.coarsen(factor)
    covered = replace(image.grid, width=coarse.width * factor, height=coarse.height * factor)
    return replace(image, grid=covered)


@dataclass(frozen=True)
class _Chain:
    """A list of steps, each of which writes a file in ``scratch``."""

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
                for shift in shifts(prime)
            ]
            image = self._average(samples, prime)
        return image

    def _resample(self, image: Image, grid: Grid) -> Image:
        reference = step.reference(self.scratch, f"step{len(self.steps)}", grid)
        output = self._output()
        self.steps.append(step.superimpose(image.path, reference, "linear", str(output)))
        return Image(virtual.write_moved(output.with_suffix(".vrt"), output, image.count, grid), grid, image.count)

    def _moved(self, image: Image, right_px: float, down_px: float) -> Image:
        """Return a view of ``image`` shifted by fractions of pixels, so that a grid samples it at other places."""
        path = self.scratch / f"step{len(self.steps)}.moved.vrt"
        grid = replace(image.grid, transform=image.grid.transform @ Affine.translation(right_px, down_px))
        return replace(image, path=virtual.write_moved(path, image.path, image.count, grid), grid=grid)

    def _average(self, samples: list[Image], prime: int) -> Image:
        """Average the means of pairs, with weight 2, and the last pixel, with weight 1."""
        paths, grid, count = [sample.path for sample in samples], samples[0].grid, samples[0].count
        outputs = []
        for band in range(1, count + 1):
            pairs = " + ".join(f"im{number}b{band}" for number in range(1, len(samples)))
            outputs.append(self._output())
            expression = f"(({pairs}) * 2 + im{len(samples)}b{band}) / {prime}"
            self.steps.append(step.band_math(paths, expression, str(outputs[-1])))
        return Image(virtual.write_stacked(outputs[-1].with_suffix(".vrt"), outputs, grid), grid, count)

    def _output(self) -> Path:
        return self.scratch / f"step{len(self.steps)}.tif"


def shifts(prime: int) -> list[float]:
    """Return the shifts, in pixels, that move each sample of a line of ``prime`` pixels to its centre."""
    between_pairs = [pair * 2 + 1.0 for pair in range(prime // 2)]
    return [prime / 2 - place for place in (*between_pairs, prime - 0.5)]
