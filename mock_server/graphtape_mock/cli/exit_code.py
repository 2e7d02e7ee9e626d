"""The exit codes of the command `graphtape`."""

GOOD = 0
FINDINGS = 1
"""There are findings; or all was recorded, but not what was asked for."""
WRONG_USE = 2
"""Wrong use, a deployment that cannot be reached, or a file that is not whole."""
OUR_FAILURE = 3
"""A bug in graphtape."""
