// A graph whose answer depends on `context` or `config.configurable` in the request.

import { type LangGraphRunnableConfig, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { z } from "zod";
import { FakeModel, words } from "./fake_model.ts";

const GREETINGS: Record<string, string> = { en: "Good morning", fr: "Bonjour", el: "Καλημέρα" };

/** Facts about the visitor, which a request can contain. */
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
