"""Drift: repeats recorded requests and compares the structure of the responses."""
