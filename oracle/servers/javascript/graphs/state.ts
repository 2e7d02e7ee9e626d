// A graph whose state has typed fields and reducers, with different input and output schemas.

import { Annotation, START, StateGraph } from "@langchain/langgraph";

type Item = { name: string; price: number; quantity?: number };

/** The input. */
const order = {
  customer: Annotation<string>(),
  items: Annotation<Item[]>(),
  notes: Annotation<Record<string, string> | null>(),
};

/** The output. */
const invoice = {
  lines: Annotation<string[]>({ reducer: (old, fresh) => old.concat(fresh), default: () => [] }),
  total: Annotation<number>({ reducer: (old, fresh) => old + fresh, default: () => 0 }),
  count: Annotation<number>({ reducer: (old, fresh) => old + fresh, default: () => 0 }),
  discount: Annotation<number | null>(),
  paid: Annotation<boolean>(),
  labels: Annotation<Record<string, string>>({
    reducer: (old, fresh) => ({ ...old, ...fresh }),
    default: () => ({}),
  }),
};

/** The state: fields of the input and the output, and a field that is in neither. */
const Work = Annotation.Root({ ...order, ...invoice, largest_number: Annotation<number>() });

async function price({ customer, items }: typeof Work.State) {
  for (const item of items) {
    if (typeof item.price !== "number") throw new TypeError(`expected a price, got ${item.price}`);
  }
  const counted = items.map((item) => ({ quantity: 1, ...item }));
  return {
    lines: counted.map((item) => `${item.quantity} of ${item.name}`),
    total: counted.reduce((total, item) => total + item.quantity * item.price, 0),
    count: counted.reduce((count, item) => count + item.quantity, 0),
    labels: { customer, thanks: "merci \u2615 \u{1f600}" },
    largest_number: Number.MAX_SAFE_INTEGER,
  };
}

async function reducePrice({ count, total }: typeof Work.State) {
  if (count < 10) return { discount: null, labels: { discount: "none" } };
  return { discount: 0.1, total: -0.1 * total, labels: { discount: "10 %" } };
}

async function close({ total }: typeof Work.State) {
  return { paid: total === 0, lines: [`total ${total.toFixed(2)} €`] };
}

export const graph = new StateGraph({
  stateSchema: Work,
  input: Annotation.Root(order),
  output: Annotation.Root(invoice),
})
  .addNode("price", price)
  .addNode("reduce_price", reducePrice)
  .addNode("close", close)
  .addEdge(START, "price")
  .addEdge("price", "reduce_price")
  .addEdge("reduce_price", "close")
  .compile();
