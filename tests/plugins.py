"""Backends for tests, installed as other distributions are: a module and an entry point on the path."""

import textwrap

FAULTS = """
    import contextlib, os, time
    import numpy
    import rasterio
    from rasterbout.contract import Availability, Backend, Session

    def write_whole(red, out):
        with rasterio.open(red.raster.path) as source:
            profile = source.profile | out.layout.creation_options() | dict(dtype="float32", nodata=float("nan"))
            with rasterio.open(out.path, "w", **profile) as target:
                target.write(source.read().astype("float32"))

    def write_right(red, nir, out):
        with rasterio.open(red.raster.path) as one, rasterio.open(nir.raster.path) as other:
            low, high = one.read(red.index).astype("float64"), other.read(nir.index).astype("float64")
            with numpy.errstate(all="ignore"):
                found = ((high - low) / (high + low)).astype("float32")
            found[(low == one.nodata) | (high == other.nodata) | (low + high == 0)] = float("nan")
            profile = one.profile | out.layout.creation_options() | dict(dtype="float32", nodata=float("nan"), count=1)
        with rasterio.open(out.path, "w", **profile) as target:
            target.write(found, 1)

    def say_everywhere(text):
        for handle in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(handle, text)

    class Faulty(Backend):
        def probe(self):
            {probing}
            return Availability(available={available!r}, reason="it is Monday", remedy="wait for Tuesday")

        def unsupported(self, operation):
            {asking}
            return {unsupported!r}

        @contextlib.contextmanager
        def open(self, resources):
            {opening}
            yield FaultySession()
            {closing}

    class FaultySession(Session):
        def ndvi(self, red, nir, out):
            {body}
"""


PLACES = ("body", "probing", "asking", "opening", "closing")
"""Where a fault can be: in the operation, the probe, the question what is supported, before and after a session."""


def source_of(body="pass", *, available=True, unsupported=None, **places):
    """Return the module of a backend whose NDVI is ``body``, with statements in other `PLACES`."""
    filled = dict.fromkeys(PLACES, "pass") | places | {"body": body}
    return textwrap.dedent(FAULTS.format(available=available, unsupported=unsupported, **filled))


def install_faulty(folder, name, body="pass", **how):
    """Install a backend ``name``, see `source_of`; put ``folder`` on PYTHONPATH to have it found."""
    module = f"faulty_{name.replace('-', '_')}"
    install(folder, name, module, source_of(body, **how))


def install(folder, name, module, source, attribute=""):
    """Install ``source`` as ``module`` in ``folder``, announced as the backend ``name``."""
    (folder / f"{module}.py").write_text(source)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[rasterbout.backends]\n{name} = {module}{attribute}\n")
