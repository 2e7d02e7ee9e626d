"""The LangGraph API over HTTP: requests are validated, runs replayed, neighbours answered."""
