"""What the tests of the instrument share."""

from programs import measure

__all__ = ["measure"]
