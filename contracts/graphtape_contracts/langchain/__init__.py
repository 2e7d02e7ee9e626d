"""LangChain's arithmetic: how message chunks, tool calls and partial JSON add up."""
