"""Which requests are valid, and how the others are refused."""
