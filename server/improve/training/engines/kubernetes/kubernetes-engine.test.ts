import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { startStubKubernetes } from "#server/testing/fixtures/training/stub-kubernetes.ts";
import { EngineSettings, JobSpec, type Seen } from "../../contract.ts";
import { launchIdOf, newJobId } from "../../jobs/job-id.ts";
import type { Launch } from "../engine.ts";
import { askEngine } from "../engine-http.ts";
import { readKubeconfig } from "./cluster-access.ts";
import { jobObject } from "./job-object.ts";
import { kubernetesClient } from "./kubernetes-client.ts";
import { kubernetesEngine, watchNamespace } from "./kubernetes-engine.ts";
import { Job } from "./objects.ts";
import { WatchedObjects } from "./watched-objects.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-kubernetes-"));
const wrapper = join(folder, "wrapper.py");
await writeFile(wrapper, "import time\nprint('here', flush=True)\ntime.sleep(600)\n");
const stub = await startStubKubernetes();

const given = { kind: "kubernetes", namespace: "training", image: "registry.example/train@sha256:00" };
const settings = EngineSettings.parse(given) as Extract<EngineSettings, { kind: "kubernetes" }>;
const access = async () => ({ name: "Kubernetes", address: stub.url, headers: { authorization: "Bearer token" } });
const watched = watchNamespace({ ...settings, workspaceId: "w" }, access);
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
  stub.put(pods, {
    metadata: { name: `${id}-x`, labels: { "leeway.io/launch": id, "leeway.io/workspace": "w" } },
    status,
  });

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

test("reads hundreds of jobs in a few calls, whatever became of them", async () => {
  const count = 300;
  const handles = Array.from({ length: count }, (_, at) => ({ id: `tj-many-${at}`, epoch: `uid-${at}` }));
  for (const [at, { id, epoch }] of handles.entries()) {
    // Every third is gone, and of each other the log tells why it failed.
    if (at % 3 === 0) continue;
    const labels = { "leeway.io/launch": id, "leeway.io/workspace": "w" };
    const conditions = [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }];
    stub.put(jobs, { metadata: { name: id, uid: epoch, labels }, spec: {}, status: { conditions } });
    pod(id, { phase: "Failed", containerStatuses: [{ name: "train", state: { terminated: { exitCode: 3 } } }] });
    stub.logs.set(`${id}-x`, "no such file");
  }
  await until(handles[count - 1] ?? { id: "", epoch: "" }, ({ state }) => state === "ended");
  await until(handles[count - 2] ?? { id: "", epoch: "" }, ({ state }) => state === "ended");
  const before = stub.requests.length;
  const seen = await engine.look(handles, deadline);
  expect(seen.filter(({ state }) => state === "gone")).toHaveLength(count / 3);
  expect(seen.filter(({ state, code }) => state === "ended" && code === 3)).toHaveLength((count * 2) / 3);
  const asked = stub.requests.slice(before);
  // One list of what the watch does not have, in pages, and the logs of the first.
  const lists = asked.filter(({ path }) => path === jobs);
  expect(lists.every(({ query }) => query.get("limit") === "500")).toBe(true);
  expect(lists.filter(({ query }) => !query.has("continue"))).toHaveLength(1);
  expect(asked.length - lists.length).toBe(40);
  for (const { id } of handles) {
    stub.remove(jobs, id);
    stub.remove(pods, `${id}-x`);
  }
});

test("watches only what its own workspace has in the namespace", async () => {
  stub.put(jobs, { metadata: { name: "tj-w-1", uid: "u", labels: { "leeway.io/launch": "tj-w-1" } }, spec: {} });
  await engine.submit(launch("tj-w-2"), deadline);
  while (!(await watched.jobs.now(deadline)).has("tj-w-2")) await pause(5);
  expect((await watched.jobs.now(deadline)).has("tj-w-1")).toBe(false);
  const asked = stub.requests.filter(({ path, query }) => [jobs, pods].includes(path) && query.has("watch"));
  expect(new Set(asked.map(({ query }) => query.get("labelSelector")))).toEqual(new Set(["leeway.io/workspace=w"]));
});

test("keeps no more objects than it has memory for", async () => {
  const kind = { path: "/apis/batch/v1/namespaces/many/jobs", labelSelector: "", shape: Job };
  const few = new WatchedObjects(async () => kubernetesClient(await access()), kind, 2);
  onTestFinished(() => few.stop());
  for (const name of ["a", "b"]) stub.put(kind.path, { metadata: { name }, spec: {} });
  expect((await few.now(deadline)).size).toBe(2);
  few.stop();
  stub.put(kind.path, { metadata: { name: "c" }, spec: {} });
  await expect(few.now(deadline)).rejects.toThrow("more than 2 objects");
});

test("a log that does not come says nothing of the other jobs", async () => {
  const handle = await engine.submit(launch("tj-l-1"), deadline);
  const job = stub.objects.get(jobs)?.get("tj-l-1");
  if (!job) throw new Error("No job.");
  const terminated = { exitCode: 3, reason: "Error" };
  pod("tj-l-1", { phase: "Failed", containerStatuses: [{ name: "train", state: { terminated } }] });
  await until(handle, ({ state }) => state === "running");
  stub.failing.set(`${pods}/tj-l-1-x/log`, "silence");
  stub.put(jobs, { ...job, status: { conditions: [{ type: "Failed", status: "True", reason: "Gone" }] } });
  expect(await until(handle, ({ state }) => state === "ended")).toMatchObject({ code: 3, reason: "Gone" });
  stub.failing.clear();
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

const services = "/api/v1/namespaces/training/services";

test("several machines are an Indexed Job, and a Service of the Job that gives them names", async () => {
  const wanted = launch("tj-g-1", {
    resources: { nodes: 3 },
    engineFields: { spec: { parallelism: 1, backoffLimit: 6 } },
  });
  const handle = await engine.submit(wanted, deadline);
  // The answer was lost before the Service was there.
  stub.remove(services, "tj-g-1");
  expect(await engine.submit(wanted, deadline)).toEqual(handle);
  expect(await engine.submit(wanted, deadline)).toEqual(handle);
  expect(stub.objects.get(services)?.get("tj-g-1")).toMatchObject({
    metadata: { ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: "tj-g-1", uid: handle.epoch }] },
    spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: { "leeway.io/launch": "tj-g-1" } },
  });
  expect(stub.objects.get(jobs)?.get("tj-g-1")).toMatchObject({
    spec: {
      completionMode: "Indexed",
      completions: 3,
      parallelism: 3,
      backoffLimit: 0,
      podReplacementPolicy: "Failed",
      successPolicy: { rules: [{ succeededIndexes: "0" }] },
      template: {
        metadata: { labels: { "leeway.io/launch": "tj-g-1" } },
        spec: {
          restartPolicy: "Never",
          subdomain: "tj-g-1",
          containers: [
            {
              env: expect.arrayContaining([
                {
                  name: "LEEWAY_RANK",
                  valueFrom: {
                    fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" },
                  },
                },
                { name: "LEEWAY_NODES", value: "3" },
                { name: "LEEWAY_MAIN_ADDRESS", value: "tj-g-1-0.tj-g-1" },
              ]),
            },
          ],
        },
      },
    },
  });
  expect((await engine.describe(deadline)).features.gangs).toBe(true);
});

test("the names of the most machines that a job may have are host names", () => {
  const longest = launch(launchIdOf(newJobId(), 9_999), { resources: { nodes: 1_000 } });
  const object = jobObject(longest, { settings, files: "files" });
  expect(object).toMatchObject({ spec: { completions: 1_000 } });
  expect(`${longest.id}-999`).toMatch(/^[a-z][a-z0-9-]{0,62}$/);
});

test("one machine has neither a Service nor a rank", async () => {
  await engine.submit(launch("tj-g-2"), deadline);
  const text = JSON.stringify(stub.objects.get(jobs)?.get("tj-g-2"));
  for (const field of ["LEEWAY_RANK", "completions", "subdomain"]) expect(text).not.toContain(field);
  expect(stub.objects.get(services)?.has("tj-g-2")).toBe(false);
});

test("starts nothing on several machines where the engine may make no Service", async () => {
  stub.failing.set(services, {
    status: 403,
    body: { kind: "Status", message: "services is forbidden", reason: "Forbidden" },
  });
  const wanted = launch("tj-g-3", { resources: { nodes: 2 } });
  await expect(engine.submit(wanted, deadline)).rejects.toThrow("services is forbidden");
  stub.failing.clear();
  expect(stub.objects.get(jobs)?.has("tj-g-3")).toBe(false);
});

test("gives up machines that did not all come within 10 minutes, but asks again whether one was lost", async () => {
  const handle = await engine.submit(launch("tj-g-4", { resources: { nodes: 2 } }), deadline);
  const startedAt = new Date(Date.now() - 11 * 60_000).toISOString();
  pod("tj-g-4", { phase: "Running", containerStatuses: [{ name: "train", state: { running: { startedAt } } }] });
  const seen = await until(handle, ({ cause }) => cause !== undefined);
  expect(seen).toMatchObject({ state: "starting", cause: "never-started" });
  // The watch does not know yet that the Job has counted a pod which is gone.
  const job = stub.objects.get(jobs)?.get("tj-g-4");
  if (!job) throw new Error("No job.");
  job.status = { failed: 1 };
  expect((await engine.look([handle], deadline))[0]?.cause).toBeUndefined();
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
  const text = await readFile(kubeconfig, "utf8");
  const namespace = process.env.LEEWAY_TEST_NAMESPACE ?? "default";
  const own = { ...settings, namespace, image: "python:3.13-slim" };
  const real = async () => readKubeconfig(text);
  const watching = watchNamespace({ ...own, workspaceId: "w" }, real);
  afterAll(() => {
    watching.jobs.stop();
    watching.pods.stop();
  });
  const on = (program: string) =>
    kubernetesEngine({ settings: own, access: real, watched: watching, wrapper: program });
  const cluster = on(wrapper);
  const limit = AbortSignal.timeout(600_000);
  const reaches = async (handle: { id: string; epoch: string }, state: Seen["state"]) => {
    for (;;) {
      const [seen] = await cluster.look([handle], limit);
      if (seen?.state === state) return seen;
      await pause(500);
    }
  };

  test("runs, stops and removes a Job on a real cluster", { timeout: 600_000 }, async () => {
    expect((await cluster.describe(limit)).version).toMatch(/^Kubernetes v1\./);
    const id = `tj-test-${Date.now()}`;
    const handle = await cluster.submit(launch(id), limit);
    expect(await cluster.submit(launch(id), limit)).toEqual(handle);
    await reaches(handle, "running");
    await cluster.stop(handle, 30, limit);
    await reaches(handle, "gone");
    await cluster.remove(handle, limit);
  });

  /** Rank 0 ends with `code` when each of the others has found it by its name; those wait, or end with a code of their own. */
  const several = async (code: number, other = "time.sleep(600)") => {
    const program = join(folder, `several-${code}.py`);
    const lines = [
      "import os, socket, sys, time",
      'rank, nodes = int(os.environ["LEEWAY_RANK"]), int(os.environ["LEEWAY_NODES"])',
      "if rank == 0:",
      '    server = socket.create_server(("", 29400))',
      "    ranks = sorted(int(server.accept()[0].recv(9)) for _ in range(nodes - 1))",
      "    if ranks != list(range(1, nodes)): sys.exit(9)",
      `    time.sleep(5); sys.exit(${code})`,
      "for _ in range(300):",
      "    try:",
      '        socket.create_connection((os.environ["LEEWAY_MAIN_ADDRESS"], 29400), 5).sendall(str(rank).encode())',
      "        break",
      "    except OSError: time.sleep(1)",
      other,
    ];
    await writeFile(program, lines.join("\n"));
    const id = `tj-test-${Date.now()}`;
    const handle = await on(program).submit(launch(id, { resources: { cores: 0.1, nodes: 3 } }), limit);
    expect(await on(program).submit(launch(id, { resources: { cores: 0.1, nodes: 3 } }), limit)).toEqual(handle);
    return handle;
  };

  test("rank 0 of several machines on a real cluster is found by name, and decides", { timeout: 600_000 }, async () => {
    const handle = await several(0);
    expect(await reaches(handle, "ended")).toMatchObject({ code: 0 });
    await cluster.remove(handle, limit);
    await reaches(handle, "gone");
    const ask = { method: "GET" as const, path: `/api/v1/namespaces/${namespace}/services/${handle.id}` };
    while ((await askEngine(await real(), ask, limit)).status !== 404) await pause(500);
  });

  test("a rank of several machines on a real cluster that fails ends all", { timeout: 600_000 }, async () => {
    const handle = await several(7, "time.sleep(1); sys.exit(3 if rank == 2 else time.sleep(600))");
    expect(await reaches(handle, "ended")).toMatchObject({ code: 3, rank: 2 });
    await cluster.remove(handle, limit);
    await reaches(handle, "gone");
  });
}
