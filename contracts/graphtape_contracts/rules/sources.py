"""Sources that many rules cite: the servers on which a requirement was observed."""

ON_EVERY_SERVER = "observed on langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1, Aegra 0.11.0"
ON_MAIN_SERVERS = "observed on langgraph-api 0.16.7, LangGraph.js 1.5.1, Aegra 0.11.0"
ON_PYTHON = "observed on langgraph-api 0.16.7"
ON_PYTHON_AND_AEGRA = "observed on langgraph-api 0.16.7 and Aegra 0.11.0"
