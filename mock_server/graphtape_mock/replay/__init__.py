"""Turns recorded runs into responses: matched, projected, adapted, prepared and paced.

Knows the recording format, and nothing of HTTP.
"""
