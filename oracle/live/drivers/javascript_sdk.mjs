// Calls @langchain/langgraph-sdk and prints the results: javascript_sdk.mjs URL CALLS AT_ONCE.
//
// python_sdk.py describes CALLS and the printed lines. Python names are converted to JavaScript.
import { readFileSync } from "node:fs";
import { Client } from "@langchain/langgraph-sdk";

const RUNS = ["runs.stream", "runs.wait", "runs.create"];

const show = (number, what, thing) => console.log(JSON.stringify([number, what, thing ?? null]));

const rename = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

const renameKeys = (options) =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [rename(key), value]));

function begin(client, number, { method, arguments: given = [], options }) {
  const payload = options && renameKeys(options);
  const created = RUNS.includes(method) && {
    onRunCreated: (run) => show(number, "run created", run),
  };
  const [part, name] = method.split(".");
  return client[part][rename(name)](
    ...given.map((argument) => (Array.isArray(argument) ? argument.map(renameKeys) : argument)),
    ...(payload || created ? [{ ...payload, ...created }] : []),
  );
}

async function make(client, number, call) {
  try {
    const begun = begin(client, number, call);
    if (Symbol.asyncIterator in begun) {
      for await (const part of begun) show(number, "part", part);
    } else {
      show(number, "result", await begun);
    }
  } catch (error) {
    const { name, message, status, text } = error;
    show(number, "exception", [error.constructor.name, name, message, status, text]);
  }
}

const [url, file, atOnce] = process.argv.slice(2);
const client = new Client({ apiUrl: url });
const left = JSON.parse(readFileSync(file, "utf8")).entries();

async function makeWhatIsLeft() {
  for (const [number, call] of left) await make(client, number, call);
}

await Promise.all(Array.from({ length: Number(atOnce) }, makeWhatIsLeft));
