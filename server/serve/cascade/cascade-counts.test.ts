import { expect, test } from "vitest";
import { addCascade, cascadeCounts } from "./cascade-counts.ts";
import type { CascadeCounts } from "./contract.ts";

test("counts a run whose request goes on to another step, since an engine is paid for it", () => {
  const sum: CascadeCounts = {};
  addCascade(sum, cascadeCounts("answered", { runMs: 3 }));
  addCascade(sum, cascadeCounts("low-confidence", { runMs: 2 }));
  addCascade(sum, cascadeCounts("compared", { runMs: 2 }));
  addCascade(sum, cascadeCounts("tag", undefined));
  expect(sum).toEqual({
    answered: 1,
    "low-confidence": 1,
    compared: 1,
    tag: 1,
    runs: 3,
    computeMs: 7,
    escalatedRuns: 2,
  });
});
