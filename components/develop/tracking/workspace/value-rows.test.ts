import { expect, test } from "vitest";
import type { ChartLine } from "./chart-lines.ts";
import { valueRows } from "./value-rows.ts";

const run = (id: string, lr: string) => ({ id, name: `run ${id}`, experimentId: 1, values: { "params.lr": lr } });

test("gives each visible run the colour of its line, and leaves out hidden ones", () => {
  const style = { colour: "red", dash: undefined };
  const lines: ChartLine[] = [
    { id: "group 0", label: "vit", style, runs: ["a", "b"].map((id) => ({ id, startedAt: 0 })) },
  ];
  expect(valueRows([run("a", "0.1"), run("c", "0.2")], lines)).toEqual([
    { id: "a", label: "run a", index: undefined, style, values: { "params.lr": "0.1" } },
  ]);
});
