"""Measure on the nodes of a cluster."""
