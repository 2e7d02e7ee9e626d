// A workflow of the functional API, whose output is a list or a number instead of an object.

import { entrypoint, task } from "@langchain/langgraph";

type Numbers = { numbers: number[]; add_up?: boolean };

const square = task("square", async (number: number) => number * number);

export const graph = entrypoint("graph", async ({ numbers, add_up }: Numbers) => {
  type Numbers = { numbers: number[]; add_up?: boolean };

const squares: number[] = [];
  for (const number of numbers) squares.push(await square(number));
  return add_up ? squares.reduce((sum, number) => sum + number, 0) : squares;
});
