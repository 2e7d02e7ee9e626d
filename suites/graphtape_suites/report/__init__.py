"""The report of a session: one HTML file without dependencies, and the terminal summary."""
