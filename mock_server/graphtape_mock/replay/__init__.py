"""Replay: turns recorded runs into responses (matching, selection, templates, pacing, faults).

Depends on the recording format, but not on HTTP servers.
"""
