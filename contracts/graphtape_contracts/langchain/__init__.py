"""How langchain-core adds up message chunks, tool calls and partial JSON."""
