"""The stateless runs of LangGraph's documentation: streams a run, then waits for another."""

import asyncio
import os

from langgraph_sdk import get_client


async def main() -> None:
    client = get_client(url=os.environ.get("LANGGRAPH_API_URL", "http://127.0.0.1:2024"))
    assistant_id = "agent"
    input = {
        "messages": [
            {"role": "user", "content": "Hello! My name is Bagatur and I am 26 years old."},
        ]
    }

    # Without a thread id, the run is stateless.
    async for chunk in client.runs.stream(
        None,
        assistant_id,
        input=input,
        stream_mode="updates",
    ):
        if chunk.data and "run_id" not in chunk.data:
            print(chunk.data)

    result = await client.runs.wait(
        None,
        assistant_id,
        input=input,
    )
    print(result)


asyncio.run(main())
