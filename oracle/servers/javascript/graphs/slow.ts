// A graph that pauses between steps and between words, so that the pace of a stream is visible.

import { MessagesAnnotation, START, StateGraph, getWriter } from "@langchain/langgraph";
import { FakeModel, sleep, words } from "./fake_model.ts";

const PAUSE = 0.3;

async function read() {
  await sleep(PAUSE);
  getWriter()?.({ step: "read" });
  return {};
}

async function think() {
  await sleep(PAUSE);
  getWriter()?.({ step: "think" });
  await sleep(PAUSE);
  return {};
}

async function speak({ messages }: typeof MessagesAnnotation.State) {
  const model = new FakeModel({ script: words("Good things take time."), pause: PAUSE / 2 });
  return { messages: [await model.invoke(messages)] };
}

export const graph = new StateGraph(MessagesAnnotation)
  .addNode("read", read)
  .addNode("think", think)
  .addNode("speak", speak)
  .addEdge(START, "read")
  .addEdge("read", "think")
  .addEdge("think", "speak")
  .compile();
