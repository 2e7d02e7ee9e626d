"""A server that stands in for a LangGraph deployment: it answers stateless runs from recordings."""
