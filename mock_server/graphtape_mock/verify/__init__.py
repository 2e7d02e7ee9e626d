"""Checks files of recorded exchanges against the contract."""
