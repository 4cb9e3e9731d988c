import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { EngineSettings, JobSpec, type Seen } from "../../contract.ts";
import type { Launch } from "../engine.ts";
import { localEngine } from "./local-engine.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-local-engine-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const settings = EngineSettings.parse({ kind: "local" }) as Extract<EngineSettings, { kind: "local" }>;
const deadline = AbortSignal.timeout(60_000);

/** An engine whose wrapper is a program of the test. */
async function open(program: string, machine = "here") {
  const wrapper = join(folder, `wrapper-${Math.random()}.py`);
  await writeFile(wrapper, program);
  return localEngine({ settings, folder, machine, wrapper, packages: null, unpack: async () => {} });
}

const launch = (id: string, resources = {}): Launch => ({
  id,
  jobId: id,
  workspaceId: "w",
  spec: JobSpec.parse({ command: ["true"], resources }),
  wrapper: { url: "http://127.0.0.1:1", token: "lwl_secret" },
  package: null,
});

async function until(look: () => Promise<Seen[]>, state: Seen["state"]): Promise<Seen> {
  for (;;) {
    const [seen] = await look();
    if (seen?.state === state) return seen;
    deadline.throwIfAborted();
    await pause(20);
  }
}

test("runs a program once however often it is submitted, at the same time too, and knows its exit code", async () => {
  const count = join(folder, "count");
  const program = `import sys\nopen(${JSON.stringify(count)}, "a").write("x")\nsys.exit(7)`;
  const engine = await open(program);
  const handles = await Promise.all([1, 2, 3].map(() => engine.submit(launch("tj-once-1"), deadline)));
  expect(new Set(handles.map(({ id }) => id)).size).toBe(1);
  const [handle] = handles;
  if (!handle) throw new Error("No handle.");
  const seen = await until(() => engine.look([handle], deadline), "ended");
  expect(seen.code).toBe(7);
  // As a worker that was restarted meanwhile does.
  const restarted = await open(program);
  await restarted.submit(launch("tj-once-1"), deadline);
  expect(await restarted.look([handle], deadline)).toMatchObject([{ state: "ended", code: 7 }]);
  expect(await readFile(count, "utf8")).toBe("x");
});

test("passes neither settings nor secrets of Leeway", async () => {
  process.env.AUTH_SECRET = "secret";
  const out = join(folder, "environment");
  const engine = await open(`import os, json\njson.dump(dict(os.environ), open(${JSON.stringify(out)}, "w"))`);
  const handle = await engine.submit(launch("tj-environment-1"), deadline);
  await until(() => engine.look([handle], deadline), "ended");
  const environment = JSON.parse(await readFile(out, "utf8"));
  expect(environment).toMatchObject({ LEEWAY_LAUNCH: "tj-environment-1", OMP_NUM_THREADS: "1" });
  expect(environment).not.toHaveProperty("AUTH_SECRET");
  expect(environment).not.toHaveProperty("DATABASE_URL");
});

test("a program hears SIGTERM, and its exit code is kept", async () => {
  const ready = join(folder, "ready-to-stop");
  const program = `
import signal, sys, time
def stop(*_): time.sleep(0.1); sys.exit(3)
signal.signal(signal.SIGTERM, stop)
open(${JSON.stringify(ready)}, "w").close()
while True: time.sleep(0.05)`;
  const engine = await open(program);
  const handle = await engine.submit(launch("tj-stop-1"), deadline);
  while ((await readFile(ready).catch(() => undefined)) === undefined) await pause(20);
  expect(await engine.look([handle], deadline)).toMatchObject([{ state: "running" }]);
  await engine.stop(handle, 5, deadline);
  await engine.stop(handle, 5, deadline);
  expect(await until(() => engine.look([handle], deadline), "ended")).toMatchObject({ code: 3 });
  await engine.remove(handle, deadline);
  expect(await engine.look([handle], deadline)).toMatchObject([{ state: "gone" }]);
});

test("what still runs of a launch that the job has gone on from is ended before its folder is removed", async () => {
  const ready = join(folder, "ready-to-ignore");
  const engine = await open(`import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(${JSON.stringify(ready)}, "w").close()
time.sleep(60)`);
  const handle = await engine.submit(launch("tj-remove-1"), deadline);
  while ((await readFile(ready).catch(() => undefined)) === undefined) await pause(20);
  const own = join(folder, "launch-tj-remove-1");
  const remove = () => engine.remove(handle, deadline);
  await expect(remove()).rejects.toMatchObject({ code: "unavailable" });
  await expect(remove(), "its time to save is not over").rejects.toMatchObject({ code: "unavailable" });
  expect(await engine.look([handle], deadline)).toMatchObject([{ state: "running" }]);
  await writeFile(join(own, "run", "asked"), String(Date.now() - 3_600_000));
  await expect(remove()).rejects.toMatchObject({ code: "unavailable" });
  await until(() => engine.look([handle], deadline), "gone");
  await remove();
  await expect(readFile(join(own, "memory"))).rejects.toThrow();
});

test("ends a program that takes more memory than its job may, in the session that the wrapper gives it", async () => {
  // The guard of the real wrapper ends it; here it ends by itself.
  const program = `import time\nheld = bytearray(300_000_000)\ntime.sleep(5)`;
  const engine = await open(`import subprocess, sys
subprocess.run([sys.executable, "-c", """${program}"""], start_new_session=True)`);
  const handle = await engine.submit(launch("tj-memory-1", { memoryBytes: 100_000_000 }), deadline);
  expect(await until(() => engine.look([handle], deadline), "ended")).toMatchObject({ cause: "out-of-memory" });
});

test("a killed shell is gone, and so is the job of another machine", async () => {
  const engine = await open("import time\ntime.sleep(60)");
  const handle = await engine.submit(launch("tj-killed-1"), deadline);
  const pid = Number(handle.epoch.split(" ")[1]);
  process.kill(-pid, "SIGKILL");
  await until(() => engine.look([handle], deadline), "gone");
  const other = await open("", "there");
  expect(await other.look([handle], deadline)).toMatchObject([{ state: "gone" }]);
});

test("says what it has", async () => {
  const engine = await open("");
  const { version, capacity } = await engine.describe(deadline);
  expect(version).toContain("Python 3.");
  expect(capacity.cores?.total).toBeGreaterThan(0);
});
