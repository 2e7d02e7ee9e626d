"""Replaces secrets by placeholders in everything that is written or shown."""
