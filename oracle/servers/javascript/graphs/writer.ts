// A graph that writes all kinds of JSON to the custom stream, including awkward text.

import { Annotation, START, StateGraph, getWriter } from "@langchain/langgraph";

const Job = Annotation.Root({ task: Annotation<string>(), written: Annotation<number>() });

async function write({ task }: typeof Job.State) {
  const progress = [
    { task, percent: 0 },
    "half way",
    50,
    0.5,
    null,
    true,
    ["a", ["b"], {}],
    "",
    { lines: "one\ntwo\r\nthree\rfour\u2028five\u2029six\u0085seven" },
    { "looks like": "event: end\n\ndata: {}\n\n" },
    { task, percent: 100, mood: "\u{1f600}" },
  ];
  for (const step of progress) getWriter()?.(step);
  return { written: progress.length };
}

export const graph = new StateGraph(Job).addNode("write", write).addEdge(START, "write").compile();
