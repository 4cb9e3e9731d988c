import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLocalStore } from "./local-store.ts";
import type { ArtifactStore } from "./store.ts";

let root: string;
let store: ArtifactStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "leeway-artifacts-"));
  store = await openLocalStore(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = (key: string, content: string | Buffer) => store.put(key, Readable.from([Buffer.from(content)]));
const read = async (key: string, range?: { start: number; end: number }) => text(await store.open(key, range));
const incoming = () => readdir(join(root, ".incoming"));

test("a file comes back as it was put, with its size and hash", async () => {
  const content = Buffer.alloc(3_000_000, "abcdefg");
  const result = await put("w/1/big.bin", content);
  expect(result).toEqual({ sizeBytes: 3_000_000, sha256: createHash("sha256").update(content).digest("hex") });
  expect((await buffer(await store.open("w/1/big.bin"))).equals(content)).toBe(true);
  expect(await incoming()).toEqual([]);
});

test("an empty file is a file", async () => {
  await store.put("w/empty", Readable.from([]));
  expect(await store.stat("w/empty")).toMatchObject({ sizeBytes: 0 });
});

test("a second put replaces the file and changes the etag", async () => {
  await put("w/a", "one");
  const { etag } = await store.stat("w/a");
  await put("w/a", "two");
  expect(await read("w/a")).toBe("two");
  expect((await store.stat("w/a")).etag).not.toBe(etag);
});

test("an upload that breaks off leaves the old file and nothing else", async () => {
  await put("w/a", "old");
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from("half");
      throw new Error("gone");
    })(),
  );
  await expect(store.put("w/a", broken)).rejects.toThrow("gone");
  expect(await read("w/a")).toBe("old");
  expect(await incoming()).toEqual([]);
});

test("a range is inclusive on both ends", async () => {
  await put("w/a", "0123456789");
  expect(await read("w/a", { start: 2, end: 4 })).toBe("234");
});

test("a listing has one level, sorted by name, sizes of files only", async () => {
  await put("w/r/b.txt", "bb");
  await put("w/r/a/deep/c.txt", "c");
  expect(await store.list("w/r")).toEqual([
    { name: "a", isFolder: true },
    { name: "b.txt", isFolder: false, sizeBytes: 2 },
  ]);
  expect(await store.list("w/none")).toEqual([]);
  expect(await store.list("w/r/b.txt")).toEqual([]);
});

test("a file or a whole folder is removed, and removing what is not there is fine", async () => {
  await put("w/r/a", "1");
  await put("w/r/s/b", "1");
  await store.remove("w/r/a");
  await store.remove("w/r/s");
  await store.remove("w/r/s");
  await store.remove("w/r/a/below");
  expect(await store.list("w/r")).toEqual([]);
});

test("a folder, a missing file and a path below a file are not found", async () => {
  await put("w/r/a", "1");
  for (const key of ["w/r", "w/r/none", "w/r/a/b"]) {
    await expect(store.stat(key)).rejects.toMatchObject({ code: "not-found" });
    await expect(store.open(key)).rejects.toMatchObject({ code: "not-found" });
    await expect(store.localPath(key)).rejects.toMatchObject({ code: "not-found" });
  }
});

test("a file cannot take the place of a folder, nor a folder that of a file", async () => {
  await put("w/r/a", "1");
  await expect(put("w/r", "x")).rejects.toMatchObject({ code: "invalid" });
  await expect(put("w/r/a/b", "x")).rejects.toMatchObject({ code: "invalid" });
  expect(await incoming()).toEqual([]);
});

test.each(["", "w", "w/../x", "../x", "w//x", "/w/x", "w/./x", ".incoming/x", "w/a\0"])(
  "%j is no key, whoever made it",
  async (key) => {
    await expect(put(key, "x")).rejects.toThrow("no key");
  },
);

test("opening the store removes half-written files of dead processes only", async () => {
  const dead = 2 ** 22 + 1; // above the largest pid of Linux
  const host = encodeURIComponent(hostname());
  await writeFile(join(root, ".incoming", `${host}~${dead}~a`), "x");
  await writeFile(join(root, ".incoming", `${host}~${process.pid}~b`), "x");
  await writeFile(join(root, ".incoming", "elsewhere~1~c"), "x");
  await openLocalStore(root);
  expect(await incoming()).toEqual([`${host}~${process.pid}~b`, "elsewhere~1~c"].sort());
});

// Nothing is forbidden to root.
if (process.getuid?.() !== 0) {
  test("a folder that cannot be written does not pass the check", async () => {
    await chmod(root, 0o500);
    await expect(store.check()).rejects.toThrow("EACCES");
    await chmod(root, 0o700);
  });
}

test("a file where the folder should be does not pass the check", async () => {
  await store.check();
  await rm(root, { recursive: true });
  await writeFile(root, "");
  await expect(store.check()).rejects.toThrow(/EEXIST|ENOTDIR/);
});
