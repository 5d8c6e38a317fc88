"""The 20 m band onto the 10 m grid, cubic."""

from . import common


class Time(common.Time):
    operation = "superimpose"


class Track(common.Track):
    operation = "superimpose"
