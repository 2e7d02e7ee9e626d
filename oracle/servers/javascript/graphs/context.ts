// An answer that depends on the request's context, or on its `config.configurable`.

import { type LangGraphRunnableConfig, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { z } from "zod";
import { FakeModel, words } from "./fake_model.ts";

const GREETINGS: Record<string, string> = { en: "Good morning", fr: "Bonjour", el: "Καλημέρα" };

/** What a request can say about who asks. */
const Visitor = z.object({ language: z.string().optional(), name: z.string().optional() });

async function greet(
  { messages }: typeof MessagesAnnotation.State,
  config: LangGraphRunnableConfig<z.infer<typeof Visitor>>,
) {
  const { language = "en", name = "stranger" } = { ...config.configurable, ...config.context };
  const model = new FakeModel({ script: words(`${GREETINGS[language]}, ${name}!`) });
  return { messages: [await model.invoke(messages)] };
}

export const graph = new StateGraph(MessagesAnnotation, Visitor)
  .addNode("greet", greet)
  .addEdge(START, "greet")
  .compile();
