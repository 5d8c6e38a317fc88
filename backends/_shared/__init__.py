"""What several kinds of backends share: arithmetic, files, threads and versions."""
