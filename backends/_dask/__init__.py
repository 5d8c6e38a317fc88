"""What the backends that use dask share, and their sessions."""
