// The stateless runs of LangGraph's documentation: streams a run, then waits for another.
import { Client } from "@langchain/langgraph-sdk";

const client = new Client({ apiUrl: process.env.LANGGRAPH_API_URL ?? "http://127.0.0.1:2024" });
const assistantId = "agent";
const input = {
  messages: [{ role: "user", content: "Hello! My name is Bagatur and I am 26 years old." }],
};

// Without a thread id, the run is stateless.
const stream = client.runs.stream(null, assistantId, {
  input,
  streamMode: "updates",
});
for await (const chunk of stream) {
  if (chunk.data && !("run_id" in chunk.data)) {
    console.log(JSON.stringify(chunk.data));
  }
}

const result = await client.runs.wait(null, assistantId, { input });
console.log(JSON.stringify(result));
