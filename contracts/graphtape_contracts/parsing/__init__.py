"""What rules read from heads, bodies and events: shared by families, knows no rule."""
