import { expect, test } from "vitest";
import { JobSpec } from "../contract.ts";
import { engineFit } from "./engine-fit.ts";

const description = {
  version: "3.12",
  capacity: { cores: { total: 4, free: 4 } },
  queues: [],
  features: { gracefulStop: true, requeues: false, gangs: false, arrays: false },
};
const gangs = { ...description, features: { ...description.features, gangs: true } };
const local = {
  id: "1",
  name: "local",
  kind: "local" as const,
  settings: { kind: "local" as const, maxJobs: 2, cores: null, memoryBytes: null, hours: 24 },
  isEnabled: true,
  silentSince: null,
  description,
  waiting: 0,
  running: 0,
};
const spec = (resources = {}, image: string | null = null) => JobSpec.parse({ command: ["true"], image, resources });

test.each([
  [local, spec({ cores: 4 }), null],
  [local, spec({ cores: 5 }), "The job needs 5 cores; it has 4."],
  [local, spec({ cores: 1, nodes: 2 }), "It starts each job on one machine."],
  [{ ...local, description: null }, spec({ nodes: 2 }), "It starts each job on one machine."],
  [local, spec({ gpus: 1 }), "The job needs 1 GPU; it has none."],
  [local, spec({}, "train:1"), "It runs commands, not container images."],
  [{ ...local, isEnabled: false }, spec(), "It is disabled."],
  [{ ...local, kind: "ray" as const }, spec({ cores: 500 }), null],
  [{ ...local, kind: "ray" as const }, spec({ nodes: 2 }), null],
  [{ ...local, kind: "slurm" as const, description: null }, spec({ nodes: 2 }), null],
  [{ ...local, kind: "slurm" as const }, spec({ nodes: 2 }), "It starts each job on one machine."],
  [{ ...local, kind: "kubernetes" as const, description: gangs }, spec({ nodes: 2 }), null],
])("says why an engine cannot run a job: %#", (engine, wanted, problem) => {
  expect(engineFit(engine, wanted).problem).toBe(problem);
});

test("Kubernetes needs an image, of the job, of its own or of its training runtime", () => {
  const runtime = { runtime: "", runtimeKind: "ClusterTrainingRuntime" as const };
  const settings = { kind: "kubernetes" as const, namespace: "train", queue: "", image: "", ...runtime, maxJobs: 3 };
  const engine = { ...local, kind: "kubernetes" as const, settings };
  expect(engineFit(engine, spec()).problem).toBe("It needs a container image.");
  expect(engineFit({ ...engine, settings: { ...settings, image: "train:1" } }, spec()).problem).toBeNull();
  expect(engineFit({ ...engine, settings: { ...settings, runtime: "torch" } }, spec()).problem).toBeNull();
});

test("says when a job would start", () => {
  expect(engineFit(local, spec()).starts).toBe("immediately");
  expect(engineFit({ ...local, running: 2 }, spec()).starts).toBe("after 1 other job");
  expect(engineFit({ ...local, running: 2, waiting: 3 }, spec()).starts).toBe("after 4 other jobs");
  expect(engineFit({ ...local, silentSince: new Date(0) }, spec()).starts).toBe("when it responds again");
});
