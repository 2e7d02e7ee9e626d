"""How the command `graphtape` ends."""

GOOD = 0
FINDINGS = 1
WRONG_USE = 2
"""Wrong use, or nothing to work on: a file that can't be read, a server that is down."""
OUR_FAILURE = 3
