"""A session: runs each scenario once on the target and stores the results on disk."""
