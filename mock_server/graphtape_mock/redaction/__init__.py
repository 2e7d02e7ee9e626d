"""What is secret, and the placeholders that stand in its place."""
