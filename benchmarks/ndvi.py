"""NDVI of the generated tile."""

from . import common


class Time(common.Time):
    operation = "ndvi"


class Track(common.Track):
    operation = "ndvi"
