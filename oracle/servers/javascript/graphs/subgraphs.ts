// A graph with two levels of subgraphs. The innermost has the model and the custom writer.

import { Annotation, MessagesAnnotation, START, StateGraph, getWriter } from "@langchain/langgraph";
import { FakeModel, words } from "./fake_model.ts";

/** The messages, and the names of the nodes that were visited.
 *
 * Only new names are appended, because a subgraph returns its input names as well as its own. */
const Travel = Annotation.Root({
  ...MessagesAnnotation.spec,
  visited: Annotation<string[]>({
    reducer: (old, fresh) => old.concat(fresh.filter((name) => !old.includes(name))),
    default: () => [],
  }),
});

async function write({ messages }: typeof Travel.State) {
  getWriter()?.({ writing: "a summary", found: 3 });
  const model = new FakeModel({ script: words("Three trains leave before noon.") });
  return { messages: [await model.invoke(messages)], visited: ["write"] };
}

const summary = new StateGraph(Travel).addNode("write", write).addEdge(START, "write").compile();

const research = new StateGraph(Travel)
  .addNode("search", async () => ({ visited: ["search"] }))
  .addNode("summary", summary)
  .addEdge(START, "search")
  .addEdge("search", "summary")
  .compile();

export const graph = new StateGraph(Travel)
  .addNode("plan", async () => ({ visited: ["plan"] }))
  .addNode("research", research)
  .addNode("close", async () => ({ visited: ["close"] }))
  .addEdge(START, "plan")
  .addEdge("plan", "research")
  .addEdge("research", "close")
  .compile();
