"""A live deployment as a client sees it: HTTP, its description, and the budget of a session."""
