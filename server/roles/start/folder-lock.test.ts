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

test("a second process is told who holds the lock", async () => {
  const holder = await otherHolder();
  expect(await acquireLock(file)).toMatchObject({ pid: holder.pid });
});

test("the lock of a killed process is free at once, and said to be taken over", async () => {
  const holder = await otherHolder();
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await acquireLock(file)).toMatchObject({ isImported: true });
});

test("a lock whose process number belongs to another process by now is free", async () => {
  const { hostname } = await import("node:os");
  await writeFile(file, JSON.stringify({ pid: process.ppid, identity: "long ago", host: hostname() }));
  expect(await acquireLock(file)).toMatchObject({ isImported: true });
});

test("a released lock can be taken again and leaves no file", async () => {
  const first = (await acquireLock(file)) as Lock;
  expect(first.isImported).toBe(false);
  await first.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await acquireLock(file)).toMatchObject({ isImported: false });
});

test("a lock file that was cut off is free", async () => {
  await writeFile(file, '{"pid": 1');
  expect(await acquireLock(file)).toMatchObject({ isImported: true });
});
