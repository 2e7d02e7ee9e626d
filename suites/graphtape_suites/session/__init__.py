"""A session: runs each scenario once on the target, and keeps the results on disk."""
