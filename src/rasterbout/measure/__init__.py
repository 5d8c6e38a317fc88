"""Measuring: each case in a fresh process, told its work as JSON and answering as lines of JSON."""
