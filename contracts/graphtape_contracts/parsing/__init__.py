"""Parsers of heads, bodies and events, shared by the rules."""
