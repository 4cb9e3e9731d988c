import { chmod, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { storeContract } from "../../testing/fixtures/artifacts/store-contract.ts";
import { openLocalStore } from "./local-store.ts";
import { receiveFile } from "./receive-file.ts";
import type { ArtifactStore } from "./store.ts";

let root: string;
let store: ArtifactStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "leeway-artifacts-"));
  store = await openLocalStore(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const incoming = () => readdir(join(root, ".incoming"));

storeContract(() => store);

test("leaves no partial file after a successful, interrupted or rejected upload", async () => {
  await store.put("w/a", Readable.from([Buffer.from("1")]));
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from("half");
      throw new Error("gone");
    })(),
  );
  await expect(store.put("w/a", broken)).rejects.toThrow("gone");
  await expect(store.put("w/a/b", Readable.from([Buffer.from("1")]))).rejects.toMatchObject({ code: "invalid" });
  expect(await incoming()).toEqual([]);
});

test("reports a full disk with a fix, and leaves no partial file", async () => {
  const full = Readable.from(
    (async function* () {
      yield Buffer.from("half");
      await writeFile("/dev/full", "the rest");
    })(),
  );
  const received = {
    code: "unavailable",
    message: expect.stringContaining("Free up space"),
    retryAfterSeconds: 60,
  };
  await expect(store.put("w/a", full)).rejects.toMatchObject(received);
  await expect(receiveFile(Readable.from([Buffer.from("1")]), "/dev/full", 10)).rejects.toMatchObject(received);
  expect(await incoming()).toEqual([]);
});

test("removes partial files of dead processes only when opening the store", async () => {
  const dead = 2 ** 22 + 1; // above the largest pid of Linux
  const host = encodeURIComponent(hostname());
  await writeFile(join(root, ".incoming", `${host}~${dead}~a`), "x");
  await writeFile(join(root, ".incoming", `${host}~${process.pid}~b`), "x");
  await writeFile(join(root, ".incoming", "elsewhere~1~c"), "x");
  // In a container, an earlier process had the same host and number, and so may another one that lives.
  const aged = async (name: string, ageMs: number) => {
    const path = join(root, ".incoming", name);
    await writeFile(path, "x");
    const at = new Date(Date.now() - ageMs);
    await utimes(path, at, at);
  };
  await aged(`${host}~${process.pid}~earlier`, Date.now() - performance.timeOrigin + 2 * minuteMs);
  await aged(`${host}~${process.ppid}~old`, 2 * dayMs);
  await openLocalStore(root);
  expect(await incoming()).toEqual([`${host}~${process.pid}~b`, "elsewhere~1~c"].sort());
});

test("stores a file whose name is that of the folder of partial files", async () => {
  await store.put("w/a/.incoming/x", Readable.from([Buffer.from("1")]));
  expect((await store.stat("w/a/.incoming/x")).sizeBytes).toBe(1);
  await expect(store.put(".incoming/x", Readable.from([Buffer.from("1")]))).rejects.toThrow("Invalid artifact key");
});

// Root ignores file permissions.
if (process.getuid?.() !== 0) {
  test("fails the check for a read-only folder", async () => {
    await chmod(root, 0o500);
    await expect(store.check()).rejects.toThrow("EACCES");
    await chmod(root, 0o700);
  });
}

test("fails the check for a file in place of the folder", async () => {
  await store.check();
  await rm(root, { recursive: true });
  await writeFile(root, "");
  await expect(store.check()).rejects.toThrow(/EEXIST|ENOTDIR/);
});
