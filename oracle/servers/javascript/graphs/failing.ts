// Graphs that fail: in the middle of a model's answer, or with an error of a custom class.

import { AIMessage } from "@langchain/core/messages";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { FakeModel, words } from "./fake_model.ts";

class QuotaExhausted extends Error {
  name = "QuotaExhausted";
}

async function greet() {
  return { messages: [new AIMessage({ content: "One moment.", id: "greeting" })] };
}

async function breakOff({ messages }: typeof MessagesAnnotation.State) {
  const failure = 'the "fake" model lost its thread: é';
  const model = new FakeModel({ script: words("The answer is"), failure });
  return { messages: [await model.invoke(messages)] };
}

async function refuse() {
  throw new QuotaExhausted("account 42 has no credit left");
}

export const failing = new StateGraph(MessagesAnnotation)
  .addNode("greet", greet)
  .addNode("break_off", breakOff)
  .addEdge(START, "greet")
  .addEdge("greet", "break_off")
  .compile();

export const masked = new StateGraph(MessagesAnnotation)
  .addNode("greet", greet)
  .addNode("refuse", refuse)
  .addEdge(START, "greet")
  .addEdge("greet", "refuse")
  .compile();
