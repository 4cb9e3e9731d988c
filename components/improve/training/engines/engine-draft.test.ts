import { expect, test } from "vitest";
import { EngineSettings } from "#server/improve/training/contract.ts";
import {
  engineDraftOf,
  isShown,
  needsSecretAgain,
  newEngineDraft,
  readEngineSecret,
  readEngineSettings,
} from "./engine-draft.ts";

const jobs = { runtime: "", runtimeKind: "ClusterTrainingRuntime" } as const;
const trainJobs = { runtime: "torch", runtimeKind: "TrainingRuntime" } as const;

test.each([
  { kind: "local", maxJobs: 2, cores: 3, memoryBytes: 5e9, hours: 12 },
  { kind: "local", maxJobs: 1, cores: null, memoryBytes: null, hours: 24 },
  { kind: "ray", address: "http://ray:8265", maxJobs: 4 },
  { kind: "kubernetes", namespace: "train", queue: "gpu", image: "train:1", ...jobs, maxJobs: 9 },
  { kind: "kubernetes", namespace: "train", queue: "gpu", image: "train:1", ...trainJobs, maxJobs: 9 },
  {
    kind: "slurm",
    address: "http://s:6820",
    user: "ml",
    partition: "p",
    account: "a",
    workingFolder: "/w",
    maxJobs: 5,
  },
] as const)("the form of an engine keeps its settings: $kind", (settings) => {
  expect(EngineSettings.parse(readEngineSettings(engineDraftOf("x", settings), settings))).toEqual(settings);
});

test("empty fields take what the kind has by default", () => {
  const draft = { ...newEngineDraft, maxJobs: "", hours: " " };
  expect(EngineSettings.parse(readEngineSettings(draft))).toMatchObject({ maxJobs: 1, cores: null, hours: 24 });
  const slurm = { ...newEngineDraft, kind: "slurm" as const, address: "no address", partition: "" };
  expect(EngineSettings.safeParse(readEngineSettings(slurm)).success).toBe(false);
});

test("the kind of a runtime is asked for with a runtime, and goes with it", () => {
  const settings = { kind: "kubernetes", namespace: "train", queue: "", image: "", maxJobs: 9, ...trainJobs } as const;
  const draft = engineDraftOf("x", settings);
  expect(isShown("runtimeKind", draft)).toBe(true);
  const without = { ...draft, runtime: " " };
  expect(isShown("runtimeKind", without)).toBe(false);
  expect(EngineSettings.parse(readEngineSettings(without, settings))).toMatchObject(jobs);
});

test("another address asks for the secret again, unless it is removed", () => {
  const settings = { kind: "ray" as const, address: "http://ray:8265", maxJobs: 4 };
  const draft = engineDraftOf("x", settings);
  const moved = { ...draft, address: "http://other:8265" };
  const engine = { settings, hasSecret: true };
  expect(needsSecretAgain(draft, engine)).toBe(false);
  expect(needsSecretAgain(moved, engine)).toBe(true);
  expect(needsSecretAgain(moved, { ...engine, hasSecret: false })).toBe(false);
  expect(needsSecretAgain({ ...moved, secret: "s" }, engine)).toBe(false);
  expect(needsSecretAgain({ ...moved, removesSecret: true }, engine)).toBe(false);
  expect(readEngineSecret(draft)).toEqual({});
  expect(readEngineSecret({ ...draft, secret: "s" })).toEqual({ secret: "s" });
  expect(readEngineSecret({ ...draft, secret: "s", removesSecret: true })).toEqual({ secret: null });
});
