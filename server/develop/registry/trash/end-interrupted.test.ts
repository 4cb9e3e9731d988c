import { expect, test } from "vitest";
import { endInterrupted } from "./end-interrupted.ts";

test("restores evaluations that are not done without the progress of parts that no trash keeps", () => {
  const states = ["waiting", "running", "failed", "cancelled", "done"];
  const rows = states.map((state) => ({ state, rows_done: 8192 }));
  const [restored] = endInterrupted([{ table: "evaluation_runs", rows }], new Date(0));
  expect(restored?.rows.map(({ state, rows_done: done }) => [state, done])).toEqual([
    ["cancelled", 0],
    ["cancelled", 0],
    ["failed", 0],
    ["cancelled", 0],
    ["done", 8192],
  ]);
});
