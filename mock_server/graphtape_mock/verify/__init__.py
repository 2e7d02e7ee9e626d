"""Verifying: files of recorded exchanges, judged by the contract."""
