import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { afterAll, expect, test } from "vitest";
import { openPromise } from "yauzl";
import { ZipFile } from "yazl";
import { type Exchange, startReplayServer } from "#server/testing/fixtures/training/replay-server.ts";
import { EngineSettings, JobSpec } from "../../contract.ts";
import type { Launch } from "../engine.ts";
import { rayEngine } from "./ray-engine.ts";
import { rayPackage } from "./ray-package.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-ray-engine-"));
const wrapper = join(folder, "wrapper.py");
await writeFile(wrapper, "print('wrapper')\n");
const server = await startReplayServer();
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const settings = EngineSettings.parse({ kind: "ray", address: server.url }) as Extract<EngineSettings, { kind: "ray" }>;
const engine = rayEngine({ settings, token: undefined, wrapper });
const deadline = AbortSignal.timeout(60_000);

type Answer = Exchange["response"];
const json = (body: unknown): Answer => ({ status: 200, content_type: "application/json", body });
const version = (session = "session-1") => json({ version: "4", ray_version: "2.60.0", session_name: session });
const noPackage: Answer = { status: 404, content_type: "text/plain", body: "Package gcs://x.zip does not exist" };
const empty: Answer = { status: 200, content_type: "text/plain", body: "" };

async function zipOf(name: string, files: Record<string, { text: string; mode?: number }>): Promise<string> {
  const zip = new ZipFile();
  for (const [path, { text, mode = 0o644 }] of Object.entries(files)) zip.addBuffer(Buffer.from(text), path, { mode });
  zip.end();
  await pipeline(zip.outputStream as Readable, createWriteStream(join(folder, name)));
  return join(folder, name);
}

const launch = (spec: object, changes: Partial<Launch> = {}): Launch => ({
  id: "tj-a-1",
  jobId: "tj-a",
  workspaceId: "w",
  spec: JobSpec.parse({ command: ["python", "train.py"], environment: { PASSWORD: "secret" }, ...spec }),
  wrapper: { url: "https://leeway.example", token: "lwl_token" },
  package: null,
  ...changes,
});

/** What is submitted for a launch. */
async function submitted(one: Launch): Promise<Record<string, unknown>> {
  server.answerWith(version(), empty, json({ submission_id: "tj-a-1" }));
  expect(await engine.submit(one, deadline)).toEqual({ id: "tj-a-1", epoch: "session-1" });
  return JSON.parse(server.received[2]?.body.toString() ?? "");
}

test("submits the wrapper with nothing secret but the launch token, and with the grace of the job", async () => {
  const resources = { cores: 2, gpus: 1, gpuKind: "H100", memoryBytes: 1000 };
  const body = await submitted(launch({ resources, limits: { graceSeconds: 60 } }));
  const { name } = await rayPackage(wrapper, null);
  expect(body).toEqual({
    entrypoint: "exec python3 leeway_run.py",
    submission_id: "tj-a-1",
    entrypoint_num_cpus: 2,
    entrypoint_num_gpus: 1,
    entrypoint_resources: { "accelerator_type:H100": 0.001 },
    entrypoint_memory: 1000,
    metadata: { leeway_job: "tj-a", leeway_launch: "tj-a-1", leeway_workspace: "w" },
    runtime_env: {
      working_dir: `gcs://${name}.zip`,
      env_vars: {
        LEEWAY_URL: "https://leeway.example",
        LEEWAY_LAUNCH: "tj-a-1",
        LEEWAY_LAUNCH_TOKEN: "lwl_token",
        RAY_JOB_STOP_WAIT_TIME_S: "75",
      },
    },
  });
});

test("fields of the engine are added, and none takes the place of Leeway's", async () => {
  const runtime = { pip: ["numpy"], working_dir: "/elsewhere", env_vars: { A: "1", LEEWAY_URL: "http://else" } };
  const engineFields = { submission_id: "other", entrypoint_label_selector: { zone: "a" }, runtime_env: runtime };
  const body = await submitted(launch({ engineFields, resources: { nodes: 4, cores: 8, gpus: 2 } }));
  expect(body).toMatchObject({
    submission_id: "tj-a-1",
    entrypoint_label_selector: { zone: "a" },
    // The program asks for its other machines itself.
    entrypoint_num_cpus: 1,
    runtime_env: { pip: ["numpy"], env_vars: { A: "1", LEEWAY_URL: "https://leeway.example" } },
  });
  expect(body).not.toHaveProperty("entrypoint_num_gpus");
  expect(body.runtime_env).not.toMatchObject({ working_dir: "/elsewhere" });
});

test("uploads the files of the package beside the wrapper, once, by the hash of what they are", async () => {
  const path = await zipOf("package.zip", {
    "train.py": { text: "print(1)" },
    "bin/run": { text: "#!/bin/sh", mode: 0o710 },
    "bin/as-root": { text: "#!/bin/sh", mode: 0o104755 },
    "leeway_run.py": { text: "another" },
  });
  const archive = { path, sha256: "ab".repeat(32) };
  server.answerWith(version(), noPackage, empty, json({}));
  await engine.submit(launch({}, { package: archive }), deadline);
  const put = server.received[2];
  expect(put).toMatchObject({ method: "PUT", headers: { "content-length": String(put?.body.length) } });
  expect(put?.path).toMatch(/^\/api\/packages\/gcs\/leeway-[0-9a-f]{40}\.zip$/);
  await writeFile(join(folder, "uploaded.zip"), put?.body ?? "");
  const zip = await openPromise(join(folder, "uploaded.zip"), { autoClose: false });
  const found: Record<string, string> = {};
  for await (const entry of zip.eachEntry()) {
    const mode = (entry.externalFileAttributes >>> 16) & 0o7777;
    found[entry.fileName] = `${mode.toString(8)} ${await buffer(await zip.openReadStreamPromise(entry))}`;
  }
  zip.close();
  expect(found).toMatchObject({
    "train.py": "644 print(1)",
    "bin/run": "755 #!/bin/sh",
    "bin/as-root": "755 #!/bin/sh",
  });
  expect(found["leeway_run.py"]).toContain(await readFile(wrapper, "utf8"));
  expect((await rayPackage(wrapper, archive)).name).toBe(put?.path.slice(18, -4));
  expect((await rayPackage(wrapper, { path, sha256: "cd".repeat(32) })).name).not.toBe(put?.path.slice(18, -4));
});

test("refuses what Ray cannot do, in words", async () => {
  const broken = join(folder, "broken.zip");
  await writeFile(broken, "no zip");
  server.answerWith(version(), noPackage);
  const withBroken = engine.submit(launch({}, { package: { path: broken, sha256: "00".repeat(32) } }), deadline);
  await expect(withBroken).rejects.toThrow("The package is not a complete zip file.");
  server.answerWith();
  await expect(engine.submit(launch({ image: "x" }), deadline)).rejects.toThrow("Leave the image empty");
  await expect(engine.submit(launch({}, { id: "a/b c" }), deadline)).rejects.toThrow("cannot name a job of Ray");
  expect(server.received).toHaveLength(0);
});

test("a job of an earlier head is gone, also when another one has its id", async () => {
  const jobs = json([{ type: "SUBMISSION", submission_id: "tj-a-1", status: "RUNNING" }]);
  const handles = ["session-1", "session-0"].map((epoch) => ({ id: "tj-a-1", epoch }));
  server.answerWith(version(), jobs);
  expect(await engine.look([...handles, { id: "tj-b-1", epoch: "session-1" }], deadline)).toMatchObject([
    { state: "running" },
    { state: "gone", reason: "Ray was restarted and lost its earlier jobs." },
    { state: "gone", reason: "Unknown to Ray." },
  ]);
  expect(server.received).toHaveLength(2);
});

test("asks for each job where a cluster has too many for one list", async () => {
  const long = { type: "SUBMISSION", submission_id: "other", status: "FAILED", message: "x".repeat(65 * 2 ** 20) };
  const job = { type: "SUBMISSION", submission_id: "tj-a-1", status: "SUCCEEDED" };
  server.answerWith(version(), json([long]), json(job));
  expect(await engine.look([{ id: "tj-a-1", epoch: "session-1" }], deadline)).toMatchObject([
    { state: "ended", code: 0 },
  ]);
});

test("what still runs when it is removed is asked to end", async () => {
  const running = {
    status: 500,
    content_type: "text/plain",
    body: "RuntimeError: it is in a non-terminal state RUNNING.",
  };
  const handle = { id: "tj-a-1", epoch: "session-1" };
  server.answerWith(running, json({ stopped: true }));
  await engine.remove(handle, deadline);
  expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "DELETE /api/jobs/tj-a-1",
    "POST /api/jobs/tj-a-1/stop",
  ]);
  server.answerWith(json({ deleted: true }));
  await engine.remove(handle, deadline);
  expect(server.received).toHaveLength(1);
});

test("says what the cluster has on the nodes that are up", async () => {
  const node = (state: string, resourcesTotal: object) => ({ raylet: { state, resourcesTotal } });
  const summary = [
    node("ALIVE", { CPU: 2, memory: 100 }),
    node("ALIVE", { CPU: 8, GPU: 1 }),
    node("DEAD", { CPU: 64 }),
  ];
  server.answerWith(version(), json({ result: true, data: { summary } }));
  expect(await engine.describe(deadline)).toMatchObject({
    version: "Ray 2.60.0",
    capacity: { cores: { total: 10, free: null }, gpus: { total: 1 }, memoryBytes: { total: 100 } },
  });
  server.answerWith(json({ version: "2", ray_version: "2.3.0", session_name: "s" }));
  await expect(engine.describe(deadline)).rejects.toThrow("Ray 2.3.0 is too old");
});

test("does not wait for a head that hangs longer than it may", async () => {
  server.answerWith({ status: 0, content_type: null });
  await expect(engine.describe(AbortSignal.timeout(50))).rejects.toThrow("Ray did not respond in time.");
  server.answerWith({ status: 200, content_type: "text/html", body: "<html>" });
  await expect(engine.describe(deadline)).rejects.toThrow("No Ray Jobs API at this address.");
  const closed = rayEngine({ settings: { ...settings, address: "http://127.0.0.1:1" }, token: undefined, wrapper });
  await expect(closed.describe(deadline)).rejects.toThrow("Could not reach Ray: ECONNREFUSED.");
});
