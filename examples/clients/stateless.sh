#!/bin/sh
# The stateless runs of LangGraph's documentation, with curl: streams a run, then waits for another.
set -eu
url=${LANGGRAPH_API_URL:-http://127.0.0.1:2024}

curl --fail-with-body --silent --show-error --no-buffer --request POST \
  --url "$url/runs/stream" \
  --header 'Content-Type: application/json' \
  --data '{
    "assistant_id": "agent",
    "input": {"messages": [{"role": "user", "content": "Hello! My name is Bagatur and I am 26 years old."}]},
    "stream_mode": ["updates"]
  }'

curl --fail-with-body --silent --show-error --request POST \
  --url "$url/runs/wait" \
  --header 'Content-Type: application/json' \
  --data '{
    "assistant_id": "agent",
    "input": {"messages": [{"role": "user", "content": "Hello! My name is Bagatur and I am 26 years old."}]}
  }'
echo
