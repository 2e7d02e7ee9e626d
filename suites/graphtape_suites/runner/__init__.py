"""Runs scenarios against a deployment, within a budget."""
