"""The LangGraph API over HTTP: validation, runs, assistants, threads, and the server itself."""
