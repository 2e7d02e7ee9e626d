"""Replay: turns recorded runs into responses (matching, selection, templates, pacing, faults).

Knows the recording format and nothing of HTTP servers.
"""
