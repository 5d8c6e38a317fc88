"""Files of datasets: made once, kept in the cache folder, verified by their hashes."""
