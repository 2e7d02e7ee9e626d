// The graph of the stateless example in LangGraph's documentation: one node, one chat model.

import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { FakeModel, words } from "./fake_model.ts";

/** Return a greeting if the text contains a name, else repeat the text. */
function replyTo(text: string) {
  const name = /my name is (\w+)/i.exec(text);
  if (!name) return `You said: ${text}`;
  const age = /(\d+) years old/.exec(text);
  const remark = age ? ` ${age[1]} is a fine age.` : "";
  return `Hello ${name[1]}! It is good to meet you.${remark} What can I do for you?`;
}

async function answer({ messages }: typeof MessagesAnnotation.State) {
  const model = new FakeModel({ script: words(replyTo(messages.at(-1)!.text)) });
  return { messages: [await model.invoke(messages)] };
}

export const graph = new StateGraph(MessagesAnnotation)
  .addNode("agent", answer)
  .addEdge(START, "agent")
  .compile();
