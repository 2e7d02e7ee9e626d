// An agent that calls a tool; the arguments of the call and the answer are streamed in pieces.

import { type AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { z } from "zod";
import { FakeModel, words } from "./fake_model.ts";

const weather = tool(async ({ city }) => `sunny in ${city}, ${10 + city.length} °C`, {
  name: "weather",
  description: "Look up the weather in a city.",
  schema: z.object({ city: z.string() }),
});

/** Return a tool call as providers stream it: name and id, then the arguments in pieces. */
function callWeather(city: string) {
  const bits = JSON.stringify({ city }).match(/.{1,6}/gsu) ?? [];
  const first = { name: "weather", args: "", id: `call_${city.toLowerCase()}` };
  return [first, ...bits.map((args) => ({ args }))].map(
    (piece) => new AIMessageChunk({ content: "", tool_call_chunks: [{ ...piece, index: 0 }] }),
  );
}

async function agent({ messages }: typeof MessagesAnnotation.State) {
  const last = messages.at(-1)!;
  const city = /weather in ([\p{L}\d_]+)/u.exec(last.text);
  let model: FakeModel;
  if (last.getType() === "tool") {
    model = new FakeModel({ script: words(`The weather is ${last.text}.`) });
  } else if (city) {
    model = new FakeModel({ script: callWeather(city[1]), finishReason: "tool_calls" });
  } else {
    model = new FakeModel({ script: words("Ask me about the weather in a city.") });
  }
  return { messages: [await model.invoke(messages)] };
}

const afterAgent = ({ messages }: typeof MessagesAnnotation.State) =>
  (messages.at(-1) as AIMessage).tool_calls?.length ? "tools" : END;

export const graph = new StateGraph(MessagesAnnotation)
  .addNode("agent", agent)
  .addNode("tools", new ToolNode([weather]))
  .addEdge(START, "agent")
  .addConditionalEdges("agent", afterAgent, ["tools", END])
  .addEdge("tools", "agent")
  .compile();
