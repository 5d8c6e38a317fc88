"""The same raster work through interchangeable backends, verified and measured."""
