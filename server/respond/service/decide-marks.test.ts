import { expect, test } from "vitest";
import { decideMarks } from "./decide-marks.ts";

test("marks each tab by its worst finding, and Health by the state", () => {
  const findings = [
    { watcher: "drift", severity: "ticket" },
    { watcher: "integrity", severity: "ticket" },
    { watcher: "integrity", severity: "page" },
    { watcher: "integrity", severity: "ticket" },
    { watcher: "estimate", severity: "ticket" },
  ] as const;
  expect(decideMarks("degraded", findings)).toEqual({
    health: "watch",
    drift: "watch",
    data: "missed",
    quality: "watch",
  });
  expect(decideMarks("failing", [])).toEqual({ health: "missed" });
  expect(decideMarks("healthy", [], "ticket")).toEqual({ features: "watch" });
  expect(decideMarks("healthy", [], "page")).toEqual({ features: "missed" });
});

test("marks nothing for a note, or for a finding that another page shows", () => {
  const findings = [
    { watcher: "quality", severity: "note" },
    { watcher: "cost", severity: "page" },
    { watcher: "skew", severity: "ticket" },
  ] as const;
  expect(decideMarks("healthy", findings)).toEqual({});
});
