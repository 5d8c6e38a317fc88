"""The comparison as tables: for a terminal, as CSV, JSON and Markdown."""
