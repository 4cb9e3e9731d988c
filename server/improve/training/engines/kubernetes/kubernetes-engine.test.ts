import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { startStubKubernetes } from "#server/testing/fixtures/training/stub-kubernetes.ts";
import { EngineSettings, JobSpec, type Seen } from "../../contract.ts";
import type { Launch } from "../engine.ts";
import { readKubeconfig } from "./cluster-access.ts";
import { kubernetesEngine, watchNamespace } from "./kubernetes-engine.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-kubernetes-"));
const wrapper = join(folder, "wrapper.py");
await writeFile(wrapper, "import time\nprint('here', flush=True)\ntime.sleep(600)\n");
const stub = await startStubKubernetes();

const given = { kind: "kubernetes", namespace: "training", image: "registry.example/train@sha256:00" };
const settings = EngineSettings.parse(given) as Extract<EngineSettings, { kind: "kubernetes" }>;
const access = async () => ({ name: "Kubernetes", address: stub.url, headers: { authorization: "Bearer token" } });
const watched = watchNamespace(settings, access);
const engine = kubernetesEngine({ settings, access, watched, wrapper });
const deadline = AbortSignal.timeout(60_000);
afterAll(async () => {
  watched.jobs.stop();
  watched.pods.stop();
  stub.close();
  await rm(folder, { recursive: true, force: true });
});

const jobs = "/apis/batch/v1/namespaces/training/jobs";
const pods = "/api/v1/namespaces/training/pods";

const launch = (id: string, spec: object = {}, changes: Partial<Launch> = {}): Launch => ({
  id,
  jobId: "tj-a",
  workspaceId: "w",
  spec: JobSpec.parse({ command: ["python", "train.py"], environment: { PASSWORD: "secret" }, ...spec }),
  wrapper: { url: "https://leeway.example", token: "lwl_token" },
  package: null,
  ...changes,
});

const pod = (id: string, status: object) =>
  stub.put(pods, { metadata: { name: `${id}-x`, labels: { "leeway.io/launch": id } }, status });

/** Waits until what the watch says of a launch is as wanted. */
async function until(handle: { id: string; epoch: string }, isSo: (seen: Seen) => boolean): Promise<Seen> {
  for (;;) {
    const [seen] = await engine.look([handle], deadline);
    if (seen && isSo(seen)) return seen;
    deadline.throwIfAborted();
    await pause(10);
  }
}

test("creates a Job with a Secret for the one secret value, and finds it again", async () => {
  const handle = await engine.submit(launch("tj-a-1"), deadline);
  expect(await engine.submit(launch("tj-a-1"), deadline)).toEqual(handle);
  expect(stub.objects.get(jobs)?.size).toBe(1);
  const text = JSON.stringify(stub.objects.get(jobs)?.get("tj-a-1"));
  expect(text).not.toContain("lwl_token");
  expect(text).not.toContain("PASSWORD");
  const secret = stub.objects.get("/api/v1/namespaces/training/secrets")?.get("tj-a-1");
  expect(secret).toMatchObject({ stringData: { LEEWAY_LAUNCH_TOKEN: "lwl_token" } });
  const [files] = stub.objects.get("/api/v1/namespaces/training/configmaps")?.values() ?? [];
  expect(files).toMatchObject({ immutable: true, data: { "leeway_run.py": await readFile(wrapper, "utf8") } });
  expect(stub.requests.every(({ authorization }) => authorization === "Bearer token")).toBe(true);
  expect(await engine.look([handle], deadline)).toMatchObject([{ state: "starting" }]);
});

test("follows a pod from its wait to its end by a watch, without listing again", async () => {
  const handle = await engine.submit(launch("tj-b-1"), deadline);
  const lists = () =>
    stub.requests.filter(({ path, query }) => [jobs, pods].includes(path) && query.has("limit")).length;
  await engine.look([handle], deadline);
  const before = lists();
  const words = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
  pod("tj-b-1", {
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: words }],
  });
  expect(await until(handle, ({ state }) => state === "waiting")).toMatchObject({ reason: words });
  pod("tj-b-1", { phase: "Running", containerStatuses: [{ name: "train", state: { running: {} } }] });
  await until(handle, ({ state }) => state === "running");
  const terminated = { exitCode: 127, reason: "Error" };
  pod("tj-b-1", { phase: "Failed", containerStatuses: [{ name: "train", state: { terminated } }] });
  stub.logs.set("tj-b-1-x", "exec: python3: not found\n");
  const job = stub.objects.get(jobs)?.get("tj-b-1");
  if (!job) throw new Error("No job.");
  stub.put(jobs, {
    ...job,
    status: { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] },
  });
  const ended = await until(handle, ({ state }) => state === "ended");
  expect(ended).toMatchObject({ code: 127, reason: "BackoffLimitExceeded\nexec: python3: not found" });
  expect(lists()).toBe(before);
});

test.each(["within", "at the start"] as const)(
  "lists again when the server has lost the history %s of a watch",
  async (how) => {
    const handle = await engine.submit(launch(`tj-c-${how.length}`), deadline);
    await until(handle, ({ state }) => state === "starting");
    // What the watch does not say is found by the list.
    stub.loseQuietly(jobs, handle.id);
    stub.expire(how);
    await until(handle, ({ state }) => state === "gone");
  },
);

test("goes on from the version of a bookmark when a watch ends, and lists again when it breaks off", async () => {
  const handle = await engine.submit(launch("tj-d-1"), deadline);
  await engine.look([handle], deadline);
  while (stub.watching() < 2) await pause(5);
  // Changes elsewhere make versions that only a bookmark tells.
  for (let at = 0; at < 3; at += 1) stub.put("/elsewhere", { metadata: { name: "other" } });
  const version = stub.bookmark();
  const asked = async (how: "in order" | "broken") => {
    const from = stub.requests.length;
    stub.endWatches(how);
    const ofJobs = () => stub.requests.slice(from).filter(({ method, path }) => method === "GET" && path === jobs);
    while (!ofJobs().some(({ query }) => query.has("watch"))) {
      await engine.look([handle], deadline).catch(() => undefined);
      await pause(20);
    }
    while (stub.watching() < 2) await pause(5);
    return ofJobs().map(({ query }) => (query.has("watch") ? `watch from ${query.get("resourceVersion")}` : "list"));
  };
  expect(await asked("in order")).toEqual([`watch from ${version}`]);
  expect((await asked("broken"))[0]).toBe("list");
  expect(stub.requests.findLast(({ query }) => query.has("watch"))?.query.get("allowWatchBookmarks")).toBe("true");
});

test("a Job of the same name that is another one is gone, and is not stopped", async () => {
  const handle = await engine.submit(launch("tj-e-1"), deadline);
  const other = { ...handle, epoch: "another" };
  expect(await engine.look([other], deadline)).toMatchObject([{ state: "gone" }]);
  await engine.stop(other, 30, deadline);
  expect(stub.objects.get(jobs)?.has("tj-e-1")).toBe(true);
  await engine.stop(handle, 30, deadline);
  await engine.stop(handle, 30, deadline);
  const asked = stub.requests.findLast(({ method, path }) => method === "DELETE" && path === `${jobs}/tj-e-1`);
  expect(asked?.body).toEqual({ propagationPolicy: "Background", preconditions: { uid: handle.epoch } });
  await until(handle, ({ state }) => state === "gone");
  await engine.remove(handle, deadline);
  expect(stub.objects.get("/api/v1/namespaces/training/secrets")?.has("tj-e-1")).toBe(false);
});

test("says what the namespace may have by its quotas, and nothing where it may not read them", async () => {
  const quotas = "/api/v1/namespaces/training/resourcequotas";
  const hard = { "requests.cpu": "40", "requests.memory": "64Gi", "requests.nvidia.com/gpu": "4" };
  stub.put(quotas, { metadata: { name: "a" }, status: { hard, used: { "requests.cpu": "1500m" } } });
  stub.put(quotas, { metadata: { name: "b" }, status: { hard: { "requests.cpu": "20" } } });
  expect(await engine.describe(deadline)).toMatchObject({
    version: "Kubernetes v1.36.0",
    capacity: { cores: { total: 20, free: 20 }, memoryBytes: { total: 64 * 2 ** 30 }, gpus: { total: 4, free: 4 } },
  });
  stub.failing.set(quotas, { status: 403, body: { kind: "Status", message: "forbidden", reason: "Forbidden" } });
  expect((await engine.describe(deadline)).capacity).toEqual({});
  stub.failing.set("/version", { status: 401, body: { kind: "Status", message: "Unauthorized" } });
  await expect(engine.describe(deadline)).rejects.toThrow("which may have expired");
  stub.failing.clear();
});

test("refuses what it cannot run in words, and what the server refuses with its words", async () => {
  const without = kubernetesEngine({ settings: { ...settings, image: "" }, access, watched, wrapper });
  await expect(without.submit(launch("tj-f-1"), deadline)).rejects.toThrow("Kubernetes needs an image.");
  await expect(engine.submit(launch("tj-f-1", { resources: { nodes: 2 } }), deadline)).rejects.toThrow(
    "on one machine",
  );
  stub.failing.set(jobs, {
    status: 422,
    body: { kind: "Status", message: 'Job "tj-f-1" is invalid', reason: "Invalid" },
  });
  await expect(engine.submit(launch("tj-f-1"), deadline)).rejects.toThrow('Job "tj-f-1" is invalid');
  stub.failing.clear();
});

// Tried by whoever has a cluster: `LEEWAY_TEST_KUBECONFIG=~/.kube/config LEEWAY_TEST_NAMESPACE=training`, with an image that has Python.
const kubeconfig = process.env.LEEWAY_TEST_KUBECONFIG;
if (kubeconfig) {
  test("runs, stops and removes a Job on a real cluster", { timeout: 600_000 }, async () => {
    const text = await readFile(kubeconfig, "utf8");
    const own = { ...settings, namespace: process.env.LEEWAY_TEST_NAMESPACE ?? "default", image: "python:3.13-slim" };
    const real = async () => readKubeconfig(text);
    const watching = watchNamespace(own, real);
    const cluster = kubernetesEngine({ settings: own, access: real, watched: watching, wrapper });
    const limit = AbortSignal.timeout(600_000);
    const seen = async (handle: { id: string; epoch: string }, state: Seen["state"]) => {
      while ((await cluster.look([handle], limit))[0]?.state !== state) await pause(500);
    };
    expect((await cluster.describe(limit)).version).toMatch(/^Kubernetes v1\./);
    const id = `tj-test-${Date.now()}`;
    const handle = await cluster.submit(launch(id), limit);
    expect(await cluster.submit(launch(id), limit)).toEqual(handle);
    await seen(handle, "running");
    await cluster.stop(handle, 30, limit);
    await seen(handle, "gone");
    await cluster.remove(handle, limit);
    watching.jobs.stop();
    watching.pods.stop();
  });
}
