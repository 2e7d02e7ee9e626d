// A graph that stops to ask a person.
//
// A stateless run has no thread to resume later, so on LangGraph.js the run fails.

import { Annotation, START, StateGraph, interrupt } from "@langchain/langgraph";

const Letter = Annotation.Root({
  to: Annotation<string>(),
  text: Annotation<string>(),
  log: Annotation<string[]>({ reducer: (old, fresh) => old.concat(fresh), default: () => [] }),
});

async function draft({ to }: typeof Letter.State) {
  return { text: `Dear ${to}, all is well.`, log: ["drafted"] };
}

async function review({ text }: typeof Letter.State) {
  const verdict = interrupt({ question: "Send this letter?", text, options: ["yes", "no"] });
  return { log: [`reviewed: ${verdict}`] };
}

export const graph = new StateGraph(Letter)
  .addNode("draft", draft)
  .addNode("review", review)
  .addNode("send", async () => ({ log: ["sent"] }))
  .addEdge(START, "draft")
  .addEdge("draft", "review")
  .addEdge("review", "send")
  .compile();
