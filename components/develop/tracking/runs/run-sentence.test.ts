import { expect, test } from "vitest";
import { silentAfterMs } from "#server/develop/tracking/runs/constants.ts";
import type { RunInfo } from "#server/develop/tracking/runs/contract.ts";
import { runSentence } from "./run-sentence.ts";

const metric = { key: "val_accuracy", value: 0.9412, step: 23, timestamp: 1 };
const run = {
  status: "RUNNING",
  startedAt: 0,
  updatedAt: 60_000,
  endedAt: null,
  metrics: [metric],
} as unknown as RunInfo & {
  metrics: (typeof metric)[];
};
const facts = { headline: "val_accuracy", failure: undefined, now: 61_000 };
const words = (text: string) => text.replaceAll("\u00a0", " ");

test.each([
  [run, "Running for 1 min 1 s, at step 23; val_accuracy is 0.941 so far."],
  [{ ...run, metrics: [] }, "Running for 1 min 1 s; no metrics yet."],
  [{ ...run, status: "FINISHED" as const, endedAt: 58_000 }, "Finished in 58 s; val_accuracy is 0.941."],
  [{ ...run, status: "FINISHED" as const, endedAt: 58_000, metrics: [] }, "Finished in 58 s without metrics."],
  [{ ...run, status: "KILLED" as const, endedAt: 58_000 }, "Stopped after 58 s at step 23; val_accuracy is 0.941."],
])("describes run %#: %s", (given, expected) => {
  expect(words(runSentence(given, facts))).toBe(expected);
});

test("states why a run failed, and keeps acronyms in upper case", () => {
  const failed = { ...run, status: "FAILED" as const, endedAt: 60_000 };
  expect(words(runSentence(failed, { ...facts, failure: "Out of GPU memory at step 1,204" }))).toBe(
    "Failed after 1 min: out of GPU memory at step 1,204.",
  );
  expect(words(runSentence(failed, { ...facts, failure: "CUDA error" }))).toBe("Failed after 1 min: CUDA error.");
});

test("reports a running run without a heartbeat as possibly crashed", () => {
  const now = 60_000 + silentAfterMs + 60_000;
  expect(words(runSentence(run, { ...facts, now }))).toBe(
    "Nothing logged since step 23 for 16 min: this run may have crashed.",
  );
});

test("describes a health problem once, after the outcome", () => {
  const trouble = "train_loss is NaN since step 12.";
  expect(words(runSentence(run, { ...facts, trouble }))).toMatch(/ so far\. train_loss is NaN since step 12\.$/);
  const failed = { ...run, status: "FAILED" as const, endedAt: 60_000 };
  expect(words(runSentence(failed, { ...facts, failure: "CUDA error", trouble }))).toBe(
    "Failed after 1 min: CUDA error.",
  );
});
