"""The synthetic landscape of the generated tile: land cover, clouds, flaws and pixels."""
