"""The session of `rasterio-windows`."""
