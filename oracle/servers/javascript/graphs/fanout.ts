// A graph with parallel workers, started by `Send`, whose results are then joined.
//
// All workers start together. Each worker waits a little longer than the one before, so that their
// order is the same in every run.

import { Annotation, START, Send, StateGraph, getWriter } from "@langchain/langgraph";
import { FakeModel, sleep, words } from "./fake_model.ts";

const Jokes = Annotation.Root({
  subjects: Annotation<string[]>(),
  jokes: Annotation<string[]>({ reducer: (old, fresh) => old.concat(fresh), default: () => [] }),
  best: Annotation<string>(),
});

const shareOut = ({ subjects }: typeof Jokes.State) =>
  subjects.map((subject, index) => new Send("tell", { subject, turn: index + 1 }));

async function tell({ subject, turn }: { subject: string; turn: number }) {
  await sleep(0.2 * turn);
  getWriter()?.({ telling: subject });
  const model = new FakeModel({ script: words(`Why so many ${subject}? Nobody counted.`) });
  const joke = await model.invoke(subject);
  return { jokes: [joke.text] };
}

async function choose({ jokes }: typeof Jokes.State) {
  return { best: jokes.reduce((best, joke) => (joke.length < best.length ? joke : best)) };
}

export const graph = new StateGraph(Jokes)
  .addNode("tell", tell)
  .addNode("choose", choose)
  .addConditionalEdges(START, shareOut, ["tell"])
  .addEdge("tell", "choose")
  .compile();
