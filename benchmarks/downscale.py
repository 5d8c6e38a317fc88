"""Downscaling the near-infrared band by window means."""

from . import common


class Time(common.Time):
    operation = "downscale"


class Track(common.Track):
    operation = "downscale"
