"""Makes recordings: asks a live deployment and writes what comes back.

Knows the recording format, and nothing of replay.
"""
