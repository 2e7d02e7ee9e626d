"""Repeats recorded requests and reports changes in the structure of the responses."""
