"""Text for terminals and CI logs."""
