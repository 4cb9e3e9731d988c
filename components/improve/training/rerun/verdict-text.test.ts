import { expect, test } from "vitest";
import type { Reproducibility } from "#server/improve/training/reproducibility/contract.ts";
import { describeVerdict, metricRows, verdictState } from "./verdict-text.ts";

const metric = (key: string, verdict: Reproducibility["metrics"][number]["verdict"], rerun: number | null = 0.96) => ({
  key,
  original: 0.95,
  rerun,
  spread: verdict === "within-noise" ? 0.01 : null,
  verdict,
});
const outcome = (more: Partial<Reproducibility>): Omit<Reproducibility, "original"> => ({
  isExact: true,
  verdict: "differs",
  files: null,
  metrics: [],
  repeats: 0,
  differences: [],
  ...more,
});
const words = (more: Partial<Reproducibility>) => describeVerdict(outcome(more)).replaceAll("\u00a0", " ");

test("says how equal a re-run came out, and by what", () => {
  const files = { kind: "model" as const, count: 3, different: [] };
  const other = { ...files, different: ["digits/model.onnx"] };
  expect(words({ verdict: "bit-equal", files })).toBe("All files of the model have the same bytes (3 files).");
  expect(words({ verdict: "equal-metrics", files: other, metrics: [metric("a", "equal"), metric("b", "equal")] })).toBe(
    "All 2 metrics are equal to a millionth. 1 file of 3 of the model has other bytes.",
  );
  expect(words({ verdict: "within-noise", metrics: [metric("a", "within-noise")], repeats: 4 })).toBe(
    "1 metric differs, by at most 3 standard deviations of 4 other exact re-runs.",
  );
  expect(words({ verdict: "not-enough-repeats", metrics: [metric("a", "not-enough-repeats")], repeats: 1 })).toBe(
    "1 metric differs. At least 3 other finished exact re-runs are needed to measure the noise; there is 1.",
  );
  expect(words({ verdict: "differs", metrics: [metric("a", "differs"), metric("b", "differs")] })).toBe(
    "2 metrics differ by more than noise explains.",
  );
  expect(words({ verdict: "differs", files: { kind: "checkpoint", count: 2, different: ["a", "b"] } })).toBe(
    "2 files of 2 of the newest checkpoint have other bytes.",
  );
  expect(words({ verdict: "nothing-to-compare" })).toMatch("The jobs have no metric");
});

test("that an edited job differs is no fault", () => {
  expect(verdictState("differs", true)).toBe("missed");
  expect(verdictState("differs", false)).toBe("no-data");
  expect(verdictState("within-noise", true)).toBe("on-target");
});

test("lists what differs first, with its size and the noise", () => {
  const rows = metricRows([metric("b", "equal", 0.95), metric("a", "within-noise"), metric("z", "differs", null)]);
  expect(rows.map(({ key }) => key)).toEqual(["z", "a", "b"]);
  expect(rows[0]).toMatchObject({ rerun: "–", difference: "–", noise: "–", verdict: "differs" });
  expect(rows[1]).toMatchObject({ original: "0.95", rerun: "0.96", difference: "+0.01 (+1.05%)", noise: "± 0.03" });
  expect(rows[2]).toMatchObject({ difference: "0", isEqual: true });
  // Two that differ in the sixth digit look different.
  expect(metricRows([{ ...metric("a", "differs"), original: 0.123456, rerun: 0.123455 }])[0]).toMatchObject({
    original: "0.123456",
    rerun: "0.123455",
    difference: "\u22121e\u22126 (< 0.1%)",
  });
});
