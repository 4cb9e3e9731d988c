import { expect, test } from "vitest";
import { curlExample, exportsOf, pythonExample } from "./first-run-code.ts";

test("puts address, secret and experiment into the examples", () => {
  expect(exportsOf("https://leeway.example", "lw_a")).toEqual([
    "export MLFLOW_TRACKING_URI=https://leeway.example",
    "export MLFLOW_TRACKING_TOKEN=lw_a",
  ]);
  expect(exportsOf("https://leeway.example", undefined)[1]).toBe("export MLFLOW_TRACKING_TOKEN=…");
  expect(pythonExample('a "b"')[1]).toBe('mlflow.set_experiment("a \\"b\\"")');
  expect(curlExample("https://leeway.example", "a", 7)).toContain("experiment=7");
  expect(curlExample("https://leeway.example", "a", undefined).join("\n")).toContain("experiments/create");
});
