import { mkdtemp, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { FileCache } from "./file-cache.ts";

/** A bucket with files by key, whose requests for information can fail. */
async function newCache(files: Map<string, string>, maxBytes = 1_000) {
  const folder = await mkdtemp(join(tmpdir(), "leeway-cache-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const failing = new Set<string>();
  const contentOf = (key: string) => {
    if (failing.has(key)) throw new DomainError("unavailable", "Slow down.");
    const content = files.get(key);
    if (content === undefined) throw new DomainError("not-found", "Artifact not found.");
    return content;
  };
  const source = {
    stat: async (key: string) => ({ sizeBytes: contentOf(key).length, etag: contentOf(key), storedAt: new Date() }),
    open: async (key: string) => Readable.from([Buffer.from(contentOf(key))]),
  };
  return { cache: await FileCache.open(source, { folder, maxBytes }), failing };
}

test("keeps a copy in use when the bucket does not say whether it is current", async () => {
  const { cache, failing } = await newCache(
    new Map([
      ["w/m.onnx", "model"],
      ["w/m.data", "weights"],
    ]),
  );
  const beside = async () => ["m.data"];
  const path = await cache.fetch("w/m.onnx", beside);
  const { ino } = await stat(path);
  failing.add("w/m.data");
  await expect(cache.fetch("w/m.onnx", beside)).rejects.toMatchObject({ code: "unavailable" });
  expect(await readFile(path, "utf8")).toBe("model");
  failing.clear();
  expect(await cache.fetch("w/m.onnx", beside)).toBe(path);
  expect((await stat(path)).ino).toBe(ino);
});

test("copies again what was replaced or removed in the bucket", async () => {
  const files = new Map([
    ["w/m.onnx", "model"],
    ["w/m.data", "old"],
  ]);
  const { cache } = await newCache(files);
  const beside = async () => ["m.data"];
  await cache.fetch("w/m.onnx", beside);
  files.set("w/m.data", "new");
  const path = await cache.fetch("w/m.onnx", beside);
  expect(await readFile(join(dirname(path), "m.data"), "utf8")).toBe("new");
  files.delete("w/m.data");
  await cache.fetch("w/m.onnx", beside);
  await expect(stat(join(dirname(path), "m.data"))).rejects.toThrow("ENOENT");
});

test("counts the copies under way when it makes room", async () => {
  const files = new Map(["old", "a", "b"].map((name) => [`w/${name}`, name.padEnd(400, ".")]));
  const { cache } = await newCache(files);
  const old = await cache.fetch("w/old");
  const longAgo = new Date(Date.now() - 3_600_000);
  await utimes(join(dirname(old), ".."), longAgo, longAgo);
  // The second copy starts while the first has no entry yet: together with the old one they exceed the limit.
  const waiting = Promise.withResolvers<void>();
  const first = cache.fetch("w/a", async () => {
    await waiting.promise;
    return [];
  });
  await cache.fetch("w/b");
  waiting.resolve();
  await first;
  await expect(stat(old)).rejects.toThrow("ENOENT");
});
