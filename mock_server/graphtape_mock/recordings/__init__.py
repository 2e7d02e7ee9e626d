"""The format of recordings: files of recorded exchanges."""
