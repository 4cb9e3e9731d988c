import { expect, test } from "vitest";
import { bestRun } from "./best-run.ts";

const run = (id: string, value?: number | "NaN") => ({ id, name: `run ${id}`, value });

test("returns the best by the direction of the metric, without those that have no number", () => {
  const runs = [run("a", 0.5), run("b", 0.9), run("c"), run("d", "NaN"), run("e", Number.MAX_VALUE)];
  expect(bestRun(runs, "higher")?.id).toBe("b");
  expect(bestRun(runs, "lower")?.name).toBe("run a");
  expect(bestRun(runs, "unknown")).toBeUndefined();
  expect(bestRun([run("c"), run("d", "NaN")], "higher")).toBeUndefined();
});

test("returns the only run, whatever its value", () => {
  expect(bestRun([run("c")], "unknown")?.id).toBe("c");
  expect(bestRun([], "higher")).toBeUndefined();
});
