import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { configureLog } from "#server/base/log.ts";
import type { BucketLocation } from "#server/platform/artifacts/artifact-location.ts";
import { openBucket } from "#server/platform/artifacts/bucket/bucket.ts";
import { openBucketStore } from "#server/platform/artifacts/bucket/bucket-store.ts";
import type { ArtifactStore, DirectTransfers } from "#server/platform/artifacts/store.ts";
import { storeContract } from "#server/testing/fixtures/artifacts/store-contract.ts";

configureLog({ role: "test", level: "silent" });
const folder = await mkdtemp(join(tmpdir(), "leeway-bucket-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

let position: BucketLocation;
let store: ArtifactStore;
let parts: DirectTransfers;

const newIndex = (more: Partial<BucketLocation> = {}): BucketLocation => ({
  kind: "bucket",
  bucket: "leeway",
  // Each test has its own prefix, so that it starts with an empty store.
  prefix: `${randomUUID()}/`,
  endpoint: process.env.LEEWAY_TEST_S3,
  region: "us-east-1",
  isPathStyle: true,
  cacheFolder: join(folder, randomUUID()),
  cacheBytes: 1000,
  ...more,
});

beforeEach(async () => {
  position = newIndex();
  store = await openBucketStore(position);
  if (!store.parts) throw new Error("A bucket transfers directly.");
  parts = store.parts;
});

storeContract(() => store);

const put = (key: string, content: string) => store.put(key, Readable.from([Buffer.from(content)]));
const started = (uploadId: string, startedAt = new Date()) => ({ uploadId, startedAt });
const copies = async () => (await readdir(position.cacheFolder)).filter((name) => name !== ".incoming");

test("lists and removes more than a thousand files", async () => {
  const names = Array.from({ length: 1005 }, (_, index) => `w/r/${index}`);
  const { client, object } = openBucket(position);
  for (let start = 0; start < names.length; start += 50) {
    const some = names.slice(start, start + 50);
    await Promise.all(some.map((name) => client.send(new PutObjectCommand({ ...object(name), Body: "1" }))));
  }
  expect(await store.list("w/r")).toHaveLength(1005);
  await store.remove("w/r");
  expect(await store.list("w/r")).toEqual([]);
});

test("accepts parts sent to presigned URLs, and assembles the file", async () => {
  const { uploadId, urls } = await parts.startUpload("w/m/big.bin", 2);
  const content = [Buffer.alloc(5 * 2 ** 20, "a"), Buffer.from("rest")];
  const etags = await Promise.all(
    urls.map(async (url, index) =>
      (await fetch(url, { method: "PUT", body: content[index] ?? "" })).headers.get("etag"),
    ),
  );
  const sent = etags.map((etag, index) => ({ partNumber: index + 1, etag: etag ?? "" })).reverse();
  const { sizeBytes } = await parts.complete("w/m/big.bin", started(uploadId), sent, 1e9);
  expect(sizeBytes).toBe(5 * 2 ** 20 + 4);
  const stored = await buffer(await store.open("w/m/big.bin"));
  expect(stored.equals(Buffer.concat(content))).toBe(true);
  const { url } = await parts.downloadUrl("w/m/big.bin");
  const response = await fetch(url, { headers: { range: "bytes=5242880-" } });
  expect([response.status, await response.text()]).toEqual([206, "rest"]);
});

test("keeps the existing file if the parts exceed the limit in total", async () => {
  await put("w/m/x", "old");
  const { uploadId, urls } = await parts.startUpload("w/m/x", 1);
  const sent = await fetch(urls[0] ?? "", { method: "PUT", body: "x".repeat(11) });
  const part = { partNumber: 1, etag: sent.headers.get("etag") ?? "" };
  await expect(parts.complete("w/m/x", started(uploadId), [part], 10)).rejects.toMatchObject({ code: "too-large" });
  expect(await text(await store.open("w/m/x"))).toBe("old");
  await parts.complete("w/m/x", started(uploadId), [part], 11);
  expect(await text(await store.open("w/m/x"))).toBe("x".repeat(11));
});

test("completes an upload idempotently for its initiator, and ignores an older file", async () => {
  const { uploadId, urls } = await parts.startUpload("w/m/x", 1);
  const sent = await fetch(urls[0] ?? "", { method: "PUT", body: "x" });
  const part = { partNumber: 1, etag: sent.headers.get("etag") ?? "" };
  const first = await parts.complete("w/m/x", started(uploadId), [part], 10);
  expect(await parts.complete("w/m/x", started(uploadId), [part], 10)).toEqual(first);
  const later = started(uploadId, new Date(Date.now() + 3_600_000));
  await expect(parts.complete("w/m/x", later, [part], 10)).rejects.toMatchObject({ code: "not-found" });
  await put("w/m/x", "of one piece");
  await expect(parts.complete("w/m/x", started(uploadId), [part], 10)).rejects.toMatchObject({ code: "not-found" });
});

test("rejects parts that were never sent, and reports an unknown upload as not found", async () => {
  const { uploadId } = await parts.startUpload("w/m/x", 1);
  const wrong = [{ partNumber: 1, etag: "0".repeat(32) }];
  await expect(parts.complete("w/m/x", started(uploadId), wrong, 1e9)).rejects.toMatchObject({ code: "invalid" });
  await parts.abort("w/m/x", uploadId);
  await parts.abort("w/m/x", uploadId);
  await expect(parts.complete("w/m/x", started(uploadId), wrong, 1e9)).rejects.toMatchObject({ code: "not-found" });
  await expect(parts.downloadUrl("w/m/x")).rejects.toMatchObject({ code: "not-found" });
  await expect(parts.startUpload("w/m/x", 10_001)).rejects.toMatchObject({ code: "invalid" });
});

test("aborts old unfinished uploads, in their workspace only", async () => {
  const mine = await parts.startUpload("w/m/x", 1);
  const other = await parts.startUpload("other/m/x", 1);
  // This server reports November 2010 as the start of every upload.
  await parts.abortOlder("w", new Date("2010-11-01"));
  const etagOf = async ([url = ""]: string[]) => (await fetch(url, { method: "PUT", body: "x" })).headers.get("etag");
  expect(await etagOf(mine.urls)).not.toBeNull();
  await parts.abortOlder("w", new Date());
  expect(await etagOf(mine.urls)).toBeNull();
  expect(await etagOf(other.urls)).not.toBeNull();
});

test("caches a file once, and again after it changed or the copy was damaged", async () => {
  await put("w/m/a.onnx", "one");
  const path = await store.localPath("w/m/a.onnx");
  expect(await store.localPath("w/m/a.onnx")).toBe(path);
  await writeFile(path, "two");
  expect(await readFile(await store.localPath("w/m/a.onnx"), "utf8")).toBe("one");
  await put("w/m/a.onnx", "new");
  expect(await readFile(await store.localPath("w/m/a.onnx"), "utf8")).toBe("new");
});

test("caches weights that arrive later", async () => {
  const beside = async () => ["weights.bin"];
  await put("w/m/a.onnx", "model");
  await store.localPath("w/m/a.onnx", beside);
  await put("w/m/weights.bin", "weights");
  const path = await store.localPath("w/m/a.onnx", beside);
  expect(await readFile(path.replace("a.onnx", "weights.bin"), "utf8")).toBe("weights");
});

test("shares one copy between concurrent requests", async () => {
  await put("w/m/a.onnx", "one");
  const other = await openBucketStore(position);
  const paths = await Promise.all([store, store, other].map((each) => each.localPath("w/m/a.onnx")));
  expect(new Set(paths).size).toBe(1);
  expect(await copies()).toHaveLength(1);
});

test("evicts the least recently used copy that is not in use, and rejects a file larger than the cache", async () => {
  for (const name of ["a", "b", "c"]) await put(`w/m/${name}`, name.repeat(400));
  const hourAgo = new Date(Date.now() - 3_600_000);
  const age = async (path: string, at: Date) => utimes(join(path, "..", ".."), at, at);
  await age(await store.localPath("w/m/a"), hourAgo);
  await age(await store.localPath("w/m/b"), new Date(hourAgo.getTime() - 1));
  const third = await store.localPath("w/m/c");
  expect(await copies()).toHaveLength(2);
  expect(await readFile(third, "utf8")).toBe("c".repeat(400));
  await put("w/m/large", "x".repeat(1001));
  await expect(store.localPath("w/m/large")).rejects.toMatchObject({ code: "unavailable" });
  expect(await readFile(third, "utf8")).toBe("c".repeat(400));
});

test("is not blocked by a reader that abandons a download", async () => {
  await store.put("w/big", Readable.from(Array.from({ length: 160 }, () => Buffer.alloc(65_536))));
  for (let turn = 0; turn < 20; turn += 1) (await store.open("w/big")).destroy();
  expect((await text(await store.open("w/big"))).length).toBe(160 * 65_536);
});

test.each([
  [{ bucket: "not-there" }, 'ARTIFACT_URL: the bucket "not-there" does not exist'],
  [{ endpoint: "http://127.0.0.1:9" }, 'S3_ENDPOINT: the bucket "leeway" is not writable: ECONNREFUSED'],
])("names the variable to check with %j", async (wrong, message) => {
  await expect((await openBucketStore(newIndex(wrong))).check()).rejects.toThrow(message);
});

test("reports missing credentials in the check", async () => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  const check = (await openBucketStore(newIndex())).check();
  await expect(check).rejects.toThrow("AWS_ACCESS_KEY_ID: no bucket credentials found");
  vi.unstubAllEnvs();
});

test("reports an unreachable bucket as unavailable, not as missing", async () => {
  const away = await openBucketStore(newIndex({ endpoint: "http://127.0.0.1:9" }));
  await expect(away.stat("w/a")).rejects.toMatchObject({ code: "unavailable" });
  await expect(away.put("w/a", Readable.from([Buffer.from("x")]))).rejects.toMatchObject({ code: "unavailable" });
});
