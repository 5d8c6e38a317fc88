"""What OTB cannot do; light to import, so that backends can be asked quickly."""

from rasterbout.operations.operation import Operation

EXACT_IN_FLOAT32 = ("uint8", "int8", "uint16", "int16", "float32")


def unsupported(operation: Operation) -> str | None:
    """Return why OTB cannot do ``operation``, None if it can."""
    for raster in operation.inputs:
        if raster.dtype not in EXACT_IN_FLOAT32:
            return f"OTB reads pixels as float32, which cannot represent {raster.dtype} exactly"
        if not raster.grid.is_axis_aligned:
            return "OTB ignores the rotation of a grid"
    return None
