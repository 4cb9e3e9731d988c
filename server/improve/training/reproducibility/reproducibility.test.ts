import { expect, test } from "vitest";
import { JobSpec, ReproducibilityRecord } from "../contract.ts";
import { compareOutcomes, type Outcome } from "./compare-outcomes.ts";
import { type Recorded, recordDifferences } from "./record-differences.ts";

const outcome = (changes: Partial<Outcome> = {}): Outcome => ({
  metrics: { accuracy: 0.95, loss: 0.2 },
  files: { "model/model.onnx": "a" },
  kind: "model",
  ...changes,
});
const verdictOf = (rerun: Partial<Outcome>, repeats: Record<string, number>[] = [], original: Partial<Outcome> = {}) =>
  compareOutcomes(outcome(original), outcome(rerun), { repeats }).verdict;
const other = { "model/model.onnx": "b" };
const accuracies = (...values: number[]) => values.map((accuracy) => ({ accuracy, loss: 0.2 }));

test("equal files are bit-equal, whatever metrics say", () => {
  expect(verdictOf({})).toBe("bit-equal");
  expect(verdictOf({ metrics: { accuracy: 0.5, seconds: 3 } })).toBe("bit-equal");
  expect(verdictOf({ files: { "model/model.onnx": "a", "model/more.bin": "c" } })).toBe("equal-metrics");
  // A model is not compared with a checkpoint.
  expect(verdictOf({ kind: "checkpoint" })).toBe("equal-metrics");
});

test("metrics are equal to a millionth of the larger one", () => {
  expect(verdictOf({ files: other, metrics: { accuracy: 0.95 * (1 + 0.9e-6), loss: 0.2 } })).toBe("equal-metrics");
  expect(verdictOf({ files: other, metrics: { accuracy: 0.95 * (1 + 1.1e-6), loss: 0.2 } })).toBe("not-enough-repeats");
  expect(verdictOf({ files: other, metrics: { accuracy: 0.95, loss: 0.2, "system/cpu": 3 } })).toBe("equal-metrics");
  expect(verdictOf({ files: other, metrics: { accuracy: 0.95 } })).toBe("differs");
  const lost = { accuracy: Number.NaN, loss: 0.2 };
  expect(verdictOf({ files: other, metrics: lost }, [], { metrics: lost })).toBe("equal-metrics");
  expect(verdictOf({ files: other, metrics: lost }, accuracies(0.95, 0.9, 0.8, 0.7))).toBe("differs");
});

test("noise is three standard deviations of at least three other repeats", () => {
  // Their standard deviation is 0.01.
  const repeats = accuracies(0.94, 0.95, 0.96);
  const at = (accuracy: number) => ({ files: other, metrics: { accuracy, loss: 0.2 } });
  expect(verdictOf(at(0.979), repeats)).toBe("within-noise");
  expect(verdictOf(at(0.921), repeats)).toBe("within-noise");
  expect(verdictOf(at(0.981), repeats)).toBe("differs");
  expect(verdictOf(at(0.979), repeats.slice(0, 2))).toBe("not-enough-repeats");
  // Repeats that are all equal leave no room.
  expect(verdictOf(at(0.951), accuracies(0.95, 0.95, 0.95))).toBe("differs");
  // Another metric that differs decides; one that is asked for alone does not see it.
  const both = { files: other, metrics: { accuracy: 0.96, loss: 0.4 } };
  expect(verdictOf(both, repeats)).toBe("differs");
  const found = compareOutcomes(outcome(), outcome(both), { repeats, keys: ["accuracy"] });
  expect(found.verdict).toBe("within-noise");
  expect(found.metrics).toMatchObject([{ key: "accuracy", original: 0.95, rerun: 0.96, verdict: "within-noise" }]);
  expect(found.metrics[0]?.spread).toBeCloseTo(0.01, 12);
  expect(found.files).toEqual({ kind: "model", count: 1, different: ["model/model.onnx"] });
});

test("without files and metrics there is nothing to compare", () => {
  const none = { files: {}, metrics: {} };
  expect(verdictOf(none, [], none)).toBe("nothing-to-compare");
  expect(verdictOf({ files: other, metrics: {} }, [], { metrics: {} })).toBe("differs");
});

const record = ReproducibilityRecord.parse({
  wrapper: "w",
  command: [],
  code: {
    commit: "abc",
    branch: "main",
    remote: null,
    diff: null,
    diffSha256: null,
    diffBytes: 0,
    packageSha256: null,
  },
  environment: {
    python: "3.13.1",
    packages: ["numpy==2.3.0", "own @ file:///src", "scikit-learn==1.9.0"],
    lockFiles: {},
    cuda: null,
    driver: null,
    variables: { LEEWAY_LAUNCH: "tj-1-1", MLFLOW_RUN_ID: "r1", OMP_NUM_THREADS: "1" },
  },
  hardware: { cpu: "Xeon", cores: 2, memoryBytes: 8e9, gpus: [], node: "a" },
  seed: null,
  determinism: {},
  datasets: {},
});
const recorded = (changes: Partial<Recorded> = {}): Recorded => ({
  spec: JobSpec.parse({ command: ["python3", "train.py"], seed: 7, parameters: { lr: 0.1 } }),
  record,
  attempts: 1,
  ...changes,
});

test("lists what differs between two records, what changes results most first", () => {
  const spec = JobSpec.parse({ command: ["python3", "train.py"], seed: 8, parameters: { lr: 0.2, epochs: 3 } });
  const changed = {
    ...record,
    code: { ...record.code, commit: "def" },
    environment: {
      ...record.environment,
      packages: ["numpy==2.4.0", "own @ file:///src"],
      variables: { LEEWAY_LAUNCH: "tj-2-1", MLFLOW_RUN_ID: "r2", OMP_NUM_THREADS: "2" },
    },
    hardware: { ...record.hardware, cpu: "Epyc", node: "b" },
  };
  const other = recorded({ spec, record: ReproducibilityRecord.parse(changed), attempts: 2 });
  const found = recordDifferences(recorded(), other).map((one) => [one.part, one.name, one.original, one.rerun]);
  expect(found).toEqual([
    ["code", "commit", "abc", "def"],
    ["parameters", "epochs", null, "3"],
    ["parameters", "lr", "0.1", "0.2"],
    ["seed", "seed", "7", "8"],
    ["packages", "numpy", "2.3.0", "2.4.0"],
    ["packages", "scikit-learn", "1.9.0", null],
    ["environment", "OMP_NUM_THREADS", "1", "2"],
    ["hardware", "cpu", "Xeon", "Epyc"],
    ["attempts", "attempts", "1", "2"],
  ]);
  expect(recordDifferences(recorded(), recorded())).toEqual([]);
});
