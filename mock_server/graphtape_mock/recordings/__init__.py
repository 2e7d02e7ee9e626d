"""The recording format: what a file of recorded exchanges holds."""
