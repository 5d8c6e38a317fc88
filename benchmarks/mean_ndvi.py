"""Window means of NDVI."""

from . import common


class Time(common.Time):
    operation = "mean_ndvi"


class Track(common.Track):
    operation = "mean_ndvi"
