import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeEach, expect, test } from "vitest";
import { startStubKubernetes } from "#server/testing/fixtures/training/stub-kubernetes.ts";
import { EngineSettings, JobSpec, type Seen } from "../../contract.ts";
import type { Launch } from "../engine.ts";
import type { EngineServer } from "../engine-http.ts";
import { readKubeconfig } from "./cluster-access.ts";
import { kubernetesClient } from "./kubernetes-client.ts";
import { kubernetesEngine, watchNamespace } from "./kubernetes-engine.ts";
import type { KubernetesSettings } from "./launch-parts.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-train-job-"));
const wrapper = join(folder, "wrapper.py");
await writeFile(wrapper, "import time\nprint('here', flush=True)\ntime.sleep(600)\n");
const stub = await startStubKubernetes();
const group = "trainer.kubeflow.org";
const deadline = AbortSignal.timeout(60_000);
const stops: (() => void)[] = [];
afterAll(async () => {
  for (const stop of stops) stop();
  stub.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  stub.groups.set(group, "v1alpha1");
});

function newEngine(
  changes: object = {},
  access: () => Promise<EngineServer> = async () => ({ name: "Kubernetes", address: stub.url, headers: {} }),
) {
  const given = { kind: "kubernetes", namespace: "training", runtime: "torch-distributed", ...changes };
  const settings = EngineSettings.parse(given) as KubernetesSettings;
  const watched = watchNamespace({ ...settings, workspaceId: "w" }, access);
  stops.push(() => {
    watched.jobs.stop();
    watched.pods.stop();
  });
  return kubernetesEngine({ settings, access, watched, wrapper });
}

const launch = (id: string, spec: object = {}): Launch => ({
  id,
  jobId: "tj-a",
  workspaceId: "w",
  spec: JobSpec.parse({ command: ["python", "train.py"], ...spec }),
  wrapper: { url: "https://leeway.example", token: "lwl_token" },
  package: null,
});

const core = "/api/v1/namespaces/training";
const trainJobs = `/apis/${group}/v1alpha1/namespaces/training/trainjobs`;
const jobs = "/apis/batch/v1/namespaces/training/jobs";
const engine = newEngine();

const pod = (id: string, status: object, rank = 0) =>
  stub.put(`${core}/pods`, {
    metadata: {
      name: `${id}-node-0-${rank}-x`,
      labels: { "leeway.io/launch": id, "leeway.io/workspace": "w" },
      annotations: { "batch.kubernetes.io/job-completion-index": String(rank) },
    },
    status,
  });

function trainJob(id: string) {
  const found = stub.objects.get(trainJobs)?.get(id);
  if (!found) throw new Error("No TrainJob.");
  return found;
}

/** Waits until what the watch says of a launch is as wanted. */
async function until(handle: { id: string; epoch: string }, isSo: (seen: Seen) => boolean): Promise<Seen> {
  for (;;) {
    const [seen] = await engine.look([handle], deadline);
    if (seen && isSo(seen)) return seen;
    deadline.throwIfAborted();
    await pause(10);
  }
}

test("creates a TrainJob with its Secret and files, strictly, and finds it again", async () => {
  const handle = await engine.submit(launch("tj-a-1", { resources: { nodes: 2 } }), deadline);
  expect(await engine.submit(launch("tj-a-1", { resources: { nodes: 2 } }), deadline)).toEqual(handle);
  expect(handle).toEqual({ id: "tj-a-1", epoch: trainJob("tj-a-1").metadata.uid });
  expect(trainJob("tj-a-1")).toMatchObject({
    apiVersion: "trainer.kubeflow.org/v1alpha1",
    spec: { runtimeRef: { name: "torch-distributed" }, trainer: { numNodes: 2 } },
  });
  const created = stub.requests.filter(({ method, path }) => method === "POST" && path === trainJobs);
  // An older Trainer would drop what it does not know.
  expect(created.map(({ query }) => query.get("fieldValidation"))).toEqual(["Strict", "Strict"]);
  expect(stub.objects.get(`${core}/secrets`)?.has("tj-a-1")).toBe(true);
  expect(stub.objects.get(`${core}/configmaps`)?.size).toBe(1);
  // Neither a Job nor a Service: its runtime has them.
  expect(stub.objects.has(jobs)).toBe(false);
  expect(stub.objects.has(`${core}/services`)).toBe(false);
  expect(await engine.look([handle], deadline)).toMatchObject([{ state: "starting" }]);
});

test("follows a TrainJob by a watch from its queue to its end, with the last lines of its container", async () => {
  const handle = await engine.submit(launch("tj-b-1"), deadline);
  const object = trainJob("tj-b-1");
  const suspended = { type: "Suspended", status: "True", reason: "Suspended" };
  stub.put(trainJobs, { ...object, status: { conditions: [suspended] } });
  await until(handle, ({ state }) => state === "waiting");
  stub.put(trainJobs, { ...object, status: { conditions: [{ ...suspended, status: "False", reason: "Resumed" }] } });
  pod("tj-b-1", { phase: "Running", containerStatuses: [{ name: "node", state: { running: {} } }] });
  await until(handle, ({ state }) => state === "running");
  const terminated = { exitCode: 127, reason: "Error" };
  pod("tj-b-1", { phase: "Failed", containerStatuses: [{ name: "node", state: { terminated } }] });
  stub.logs.set("tj-b-1-node-0-0-x", "exec: python3: not found\n");
  stub.put(trainJobs, {
    ...object,
    status: { conditions: [{ type: "Failed", status: "True", reason: "FailedJobs" }] },
  });
  const ended = await until(handle, ({ state }) => state === "ended");
  expect(ended).toMatchObject({ code: 127, reason: "FailedJobs\nexec: python3: not found" });
  const log = stub.requests.findLast(({ path }) => path.endsWith("/log"));
  expect(log?.query.get("container")).toBe("node");
});

test("stops and removes the TrainJob that is meant, and its Secret", async () => {
  const handle = await engine.submit(launch("tj-c-1"), deadline);
  await engine.stop({ ...handle, epoch: "another" }, 30, deadline);
  expect(stub.objects.get(trainJobs)?.has("tj-c-1")).toBe(true);
  await engine.stop(handle, 30, deadline);
  const asked = stub.requests.findLast(({ method, path }) => method === "DELETE" && path === `${trainJobs}/tj-c-1`);
  expect(asked?.body).toEqual({ propagationPolicy: "Background", preconditions: { uid: handle.epoch } });
  await until(handle, ({ state }) => state === "gone");
  await engine.remove(handle, deadline);
  expect(stub.objects.get(`${core}/secrets`)?.has("tj-c-1")).toBe(false);
});

test("asks the Job of a TrainJob whether a machine that is missing was lost", async () => {
  const handle = await engine.submit(launch("tj-d-1", { resources: { nodes: 2 } }), deadline);
  const startedAt = new Date(Date.now() - 11 * 60_000).toISOString();
  pod("tj-d-1", { phase: "Running", containerStatuses: [{ name: "node", state: { running: { startedAt } } }] });
  await until(handle, ({ cause }) => cause === "never-started");
  stub.put(jobs, { metadata: { name: "tj-d-1-node-0" }, spec: {}, status: { failed: 1 } });
  const [seen] = await engine.look([handle], deadline);
  expect(seen).toMatchObject({ state: "starting" });
  expect(seen?.cause).toBeUndefined();
});

test("uses the version of TrainJob that the cluster prefers", async () => {
  stub.groups.set(group, "v1");
  const later = newEngine();
  expect(await later.describe(deadline)).toMatchObject({
    version: "Kubernetes v1.36.0, TrainJob v1",
    features: { gangs: true },
  });
  const handle = await later.submit(launch("tj-e-1"), deadline);
  const path = `/apis/${group}/v1/namespaces/training/trainjobs`;
  expect(stub.objects.get(path)?.get("tj-e-1")).toMatchObject({ apiVersion: "trainer.kubeflow.org/v1" });
  expect(await later.look([handle], deadline)).toMatchObject([{ state: "starting" }]);
  const isWatched = () => stub.requests.some((request) => request.path === path && request.query.has("watch"));
  while (!isWatched()) {
    deadline.throwIfAborted();
    await pause(5);
  }
});

test("says what is missing on a cluster without TrainJobs, and creates nothing there", async () => {
  stub.groups.delete(group);
  const without = newEngine();
  const words = "This cluster does not know TrainJob: install Kubeflow Trainer, or remove the runtime from the engine.";
  await expect(without.describe(deadline)).rejects.toThrow(words);
  await expect(without.submit(launch("tj-f-1"), deadline)).rejects.toMatchObject({
    code: "unavailable",
    message: words,
  });
  await expect(without.look([{ id: "tj-f-1", epoch: "u" }], deadline)).rejects.toThrow(words);
  expect(stub.objects.get(`${core}/secrets`)?.has("tj-f-1")).toBe(false);
});

// Tried by whoever has a cluster with Kubeflow Trainer: see kubernetes-engine.test.ts. LEEWAY_TEST_RUNTIME names a ClusterTrainingRuntime.
const kubeconfig = process.env.LEEWAY_TEST_KUBECONFIG;
if (kubeconfig) {
  const text = await readFile(kubeconfig, "utf8");
  const namespace = process.env.LEEWAY_TEST_NAMESPACE ?? "default";
  const real = async () => readKubeconfig(text);
  const limit = AbortSignal.timeout(600_000);
  const version = await kubernetesClient(await real()).preferredVersion(group, limit);

  test.skipIf(version === undefined)(
    "runs, stops and removes a TrainJob on a real cluster",
    { timeout: 600_000 },
    async () => {
      const runtime = process.env.LEEWAY_TEST_RUNTIME ?? "torch-distributed";
      const cluster = newEngine({ namespace, runtime, image: "python:3.13-slim" }, real);
      expect((await cluster.describe(limit)).version).toContain(`TrainJob ${version}`);
      const id = `tj-test-${Date.now()}`;
      const wanted = launch(id, { resources: { cores: 0.1, nodes: 2 } });
      const handle = await cluster.submit(wanted, limit);
      expect(await cluster.submit(wanted, limit)).toEqual(handle);
      const reaches = async (state: Seen["state"]) => {
        while ((await cluster.look([handle], limit))[0]?.state !== state) await pause(500);
      };
      await reaches("running");
      await cluster.stop(handle, 30, limit);
      await reaches("gone");
      await cluster.remove(handle, limit);
    },
  );
}
