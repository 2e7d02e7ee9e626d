"""The exit codes of the command `graphtape`."""

GOOD = 0
FINDINGS = 1
"""There are findings or drift; or a run was refused, or a request was not repeated."""
WRONG_USE = 2
"""Wrong use, a deployment that cannot be reached, or an incomplete recording."""
OUR_FAILURE = 3
"""A bug in graphtape."""
