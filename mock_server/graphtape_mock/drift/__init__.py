"""Drift: recorded requests made again, and the changes in the structure of the responses."""
