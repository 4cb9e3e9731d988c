import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { startStubKubernetes } from "#server/testing/fixtures/training/stub-kubernetes.ts";
import { startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createEngine } from "../engines/create-engine.ts";
import { launchIdOf } from "../jobs/job-id.ts";
import { getJob } from "../jobs/queries.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { trainingWatcher } from "./training-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const artifacts = { stat: () => Promise.reject(new Error("No job has a package.")) };

test("machines that do not all come within 10 minutes end the job, though rank 0 runs, and are given back", async () => {
  const stub = await startStubKubernetes();
  onTestFinished(() => stub.close());
  const watcher = trainingWatcher({
    db,
    feed: { subscribe: () => () => {} },
    place: {
      dataFolder: tmpdir(),
      machine: "here",
      wrapper: fileURLToPath(new URL("../wrapper/leeway_run.py", import.meta.url)),
      allowsLocal: false,
      localPackages: null,
      unpack: async () => {},
    },
    url: "http://leeway.test",
    fetchPackage: async () => null,
  });
  const ctx = await newWorkspace(db);
  const kubeconfig = {
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    clusters: [{ name: "a", cluster: { server: stub.url } }],
    users: [{ name: "a", user: { token: "t" } }],
  };
  const settings = { kind: "kubernetes", namespace: "training", image: "train:1" } as const;
  const secret = JSON.stringify(kubeconfig);
  await createEngine(ctx, { name: "cluster", settings, secret }, { allowsLocal: false });
  const spec = { command: ["true"], resources: { nodes: 2 } };
  const { id } = await submitJob(ctx, { name: "digits", engine: "cluster", spec }, { artifacts });
  const launch = launchIdOf(id, 1);
  const jobs = "/apis/batch/v1/namespaces/training/jobs";
  const rounds = async (isDone: () => boolean | Promise<boolean>) => {
    const deadline = AbortSignal.timeout(20_000);
    while (!(await isDone())) {
      deadline.throwIfAborted();
      await watcher.evaluate();
      await pause(20);
    }
  };
  await rounds(() => stub.objects.get(jobs)?.has(launch) ?? false);
  await startAttempt(ctx, launch);
  const pod = (rank: number, status: object) =>
    stub.put("/api/v1/namespaces/training/pods", {
      metadata: {
        name: `${launch}-${rank}-x`,
        labels: { "leeway.io/launch": launch, "leeway.io/workspace": ctx.actor.workspaceId },
        annotations: { "batch.kubernetes.io/job-completion-index": String(rank) },
      },
      status,
    });
  const startedAt = new Date(Date.now() - 11 * 60_000).toISOString();
  pod(0, { phase: "Running", containerStatuses: [{ name: "train", state: { running: { startedAt } } }] });
  const message = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
  pod(1, { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message }] });
  await rounds(async () => (await getJob(ctx, id)).state === "failed");
  expect(await getJob(ctx, id)).toMatchObject({
    cause: "never-started",
    message: `Only 1 of 2 machines started within 10 minutes. ${message}`,
    attempts: [{ cause: "never-started" }],
  });
  expect(stub.objects.get(jobs)?.has(launch)).toBe(false);
});
