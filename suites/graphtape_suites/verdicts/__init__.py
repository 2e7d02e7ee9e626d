"""Verdicts on requirements, from exchanges and test results."""
