"""Prepares all text for the terminal, JUnit XML and kept files: redacts, escapes and cuts it."""
