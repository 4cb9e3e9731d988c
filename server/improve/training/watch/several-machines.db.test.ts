import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { eq } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { trainingLaunches } from "#db/schema/index.ts";
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

const [jobs, pods] = ["/apis/batch/v1/namespaces/training/jobs", "/api/v1/namespaces/training/pods"];

/** A job on two machines of a stub of Kubernetes, which has taken it. @param path where the engine puts its jobs */
async function newGang(changes: { runtime?: string } = {}, path = jobs) {
  const stub = await startStubKubernetes();
  stub.groups.set("trainer.kubeflow.org", "v1alpha1");
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
  const settings = { kind: "kubernetes", namespace: "training", image: "train:1", ...changes } as const;
  const secret = JSON.stringify(kubeconfig);
  await createEngine(ctx, { name: "cluster", settings, secret }, { allowsLocal: false });
  const spec = { command: ["true"], resources: { nodes: 2 } };
  const { id } = await submitJob(ctx, { name: "digits", engine: "cluster", spec }, { artifacts });
  const launch = launchIdOf(id, 1);
  const rounds = async (isDone: () => boolean | Promise<boolean>) => {
    const deadline = AbortSignal.timeout(20_000);
    while (!(await isDone())) {
      deadline.throwIfAborted();
      await watcher.evaluate();
      await pause(20);
    }
  };
  await rounds(() => stub.objects.get(path)?.has(launch) ?? false);
  const pod = (rank: number, status: object) =>
    stub.put(pods, {
      metadata: {
        name: `${launch}-${rank}-x`,
        labels: { "leeway.io/launch": launch, "leeway.io/workspace": ctx.actor.workspaceId },
        annotations: { "batch.kubernetes.io/job-completion-index": String(rank) },
      },
      status,
    });
  const runs = (rank: number, startedAt: Date) => {
    const running = { startedAt: startedAt.toISOString() };
    pod(rank, { phase: "Running", containerStatuses: [{ name: "train", state: { running } }] });
  };
  return { ctx, id, launch, stub, rounds, pod, runs };
}

test("machines that do not all come within 10 minutes end the job, though rank 0 runs, and are given back", async () => {
  const { ctx, id, launch, stub, rounds, pod, runs } = await newGang();
  await startAttempt(ctx, launch);
  runs(0, new Date(Date.now() - 11 * 60_000));
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

test("what waited at its engine for an hour has 10 minutes for its wrapper from when it runs", async () => {
  const { ctx, id, rounds, runs } = await newGang();
  const hourAgo = new Date(Date.now() - 3_600_000);
  const read = async () => (await db.select().from(trainingLaunches).where(eq(trainingLaunches.jobId, id)))[0];
  await db.update(trainingLaunches).set({ launchedAt: hourAgo }).where(eq(trainingLaunches.jobId, id));
  const isSeen = async (state: string) => (await read())?.seen?.state === state;
  await rounds(() => isSeen("starting"));
  for (const rank of [0, 1]) runs(rank, new Date());
  await rounds(() => isSeen("running"));
  const since = (await read())?.seen?.at;
  let left = 3;
  await rounds(() => left-- === 0);
  expect((await getJob(ctx, id)).state).toBe("submitting");
  expect((await read())?.seen?.at).toBe(since);
  const seen = { state: "running" as const, at: new Date(Date.now() - 601_000).toISOString() };
  await db.update(trainingLaunches).set({ seen }).where(eq(trainingLaunches.jobId, id));
  await rounds(async () => (await getJob(ctx, id)).state === "failed");
  expect(await getJob(ctx, id)).toMatchObject({ cause: "never-started", attempts: [] });
});

test("a TrainJob that lost a machine is given back, and its job goes on with another one", async () => {
  const trainJobs = "/apis/trainer.kubeflow.org/v1alpha1/namespaces/training/trainjobs";
  const { ctx, id, launch, stub, rounds, pod } = await newGang({ runtime: "torch-distributed" }, trainJobs);
  const conditions = [
    { type: "DisruptionTarget", status: "True", reason: "DeletionByPodGC", message: "Node is gone." },
  ];
  pod(1, { phase: "Failed", conditions });
  const object = stub.objects.get(trainJobs)?.get(launch);
  if (!object) throw new Error("No TrainJob.");
  stub.put(trainJobs, {
    ...object,
    status: { conditions: [{ type: "Failed", status: "True", reason: "FailedJobs" }] },
  });
  await rounds(async () => (await getJob(ctx, id)).state === "resuming");
  await rounds(() => !stub.objects.get(trainJobs)?.has(launch));
  expect((await getJob(ctx, id)).losses).toBe(1);
});
