"""Drift: recorded requests asked again, and what changed in the structure of the answers."""
