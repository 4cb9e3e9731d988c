import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { acquireLock, type Lock } from "./folder-lock.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeway-lock-"));
  file = join(folder, "leeway.lock");
  return () => rm(folder, { recursive: true });
});

/** Starts another process that holds the lock until it is killed. */
async function otherHolder() {
  const program = `import { acquireLock } from ${JSON.stringify(join(import.meta.dirname, "folder-lock.ts"))};
    await acquireLock(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

test("tells a second process who holds the lock", async () => {
  const holder = await otherHolder();
  expect(await acquireLock(file)).toMatchObject({ pid: holder.pid });
});

test("takes over the lock of a killed process immediately, and reports that", async () => {
  const holder = await otherHolder();
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await acquireLock(file)).toMatchObject({ isImported: true });
});

test("takes over a lock whose process ID now belongs to another process", async () => {
  const { hostname } = await import("node:os");
  await writeFile(file, JSON.stringify({ pid: process.ppid, identity: "long ago", host: hostname() }));
  expect(await acquireLock(file)).toMatchObject({ isImported: true });
});

test("acquires a released lock again, and leaves no file", async () => {
  const first = (await acquireLock(file)) as Lock;
  expect(first.isImported).toBe(false);
  await first.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await acquireLock(file)).toMatchObject({ isImported: false });
});

test("takes over a truncated lock file", async () => {
  await writeFile(file, '{"pid": 1');
  expect(await acquireLock(file)).toMatchObject({ isImported: true });
});
