"""Redaction: placeholders in the place of secrets, in everything that is written or shown."""
