"""The sessions of `gdal-cli`, and the programs of GDAL that they run."""
