"""The made-up landscape of the generated tile: what covers the ground, clouds, flaws, and its pixels."""
