"""Measuring: each case in a fresh process that receives its work, and sends its answers, as lines of JSON."""
