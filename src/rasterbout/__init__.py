"""The same raster work through interchangeable backends, verified and measured."""

import warnings

# A raster without georeference is as good as any other here, in every process and thread.
warnings.filterwarnings("ignore", message="Dataset has no geotransform")
warnings.filterwarnings("ignore", message="The given matrix is equal to Affine.identity")
