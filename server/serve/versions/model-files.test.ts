import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { externalDataModel, mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { ModelFiles } from "./model-files.ts";

const root = mkdtempSync(join(tmpdir(), "leeway-files-"));
afterAll(() => rmSync(root, { recursive: true }));
const sha256 = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest("hex");
const version = { versionId: "v1", modelName: "digits", version: 1, artifactKey: "in/model.onnx" };
const store = { localPath: async (key: string) => join(root, "store", key) };

function put(key: string, bytes: Buffer): void {
  const path = join(root, "store", key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

test("fetches a model with its weights files under their joint digest", async () => {
  const [model, weights] = [externalDataModel("w.bin"), Buffer.alloc(8, 1)];
  put("in/model.onnx", model);
  put("in/w.bin", weights);
  const files = new ModelFiles(join(root, "a"), store);
  const path = await files.fetch({ ...version, sha256: sha256(model, weights) });
  expect(readFileSync(path)).toEqual(model);
  expect(readFileSync(join(dirname(path), "w.bin"))).toEqual(weights);
  await expect(files.fetch({ ...version, versionId: "v2", sha256: sha256(model) })).rejects.toMatchObject({
    code: "unavailable",
  });
});

test("serves a cached copy when the store is unreachable, and fetches a damaged copy again", async () => {
  const model = mlpModel([4, 3]);
  put("in/model.onnx", model);
  const wanted = { ...version, sha256: sha256(model) };
  const path = await new ModelFiles(join(root, "b"), store).fetch(wanted);
  const alone = new ModelFiles(join(root, "b"), {
    localPath: async () => {
      throw new Error("out of reach");
    },
  });
  expect(await alone.fetch(wanted)).toBe(path);
  rmSync(path);
  writeFileSync(path, model.subarray(1));
  await expect(alone.fetch(wanted)).rejects.toMatchObject({ message: expect.stringContaining("does not respond") });
  await new ModelFiles(join(root, "b"), store).fetch(wanted);
  expect(readFileSync(path)).toEqual(model);
});

test("names a file missing from the store without a local path", async () => {
  put("lost/model.onnx", externalDataModel("lost.bin"));
  const files = new ModelFiles(join(root, "d"), store);
  const refusals: [string, string][] = [
    ["lost/model.onnx", 'The weights file "lost.bin" of digits version 1 is missing from the artifact store.'],
    ["none/model.onnx", "The file of digits version 1 is missing from the artifact store."],
  ];
  for (const [artifactKey, message] of refusals) {
    const error = await files.fetch({ ...version, artifactKey, sha256: undefined }).catch((error: Error) => error);
    expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining(message) });
    expect(error).not.toMatchObject({ message: expect.stringContaining("/") });
  }
  expect(readdirSync(join(root, "d"))).toEqual([]);
});

test("prunes unused copies except recent ones", async () => {
  put("in/model.onnx", mlpModel([4, 3]));
  const files = new ModelFiles(join(root, "c"), store);
  for (const versionId of ["v1", "v2"]) await files.fetch({ ...version, versionId, sha256: undefined });
  files.prune(new Set(["v1"]));
  expect(readdirSync(join(root, "c"))).toEqual(["v1", "v2"]);
  files.prune(new Set(["v1"]), Date.now() + 120_000);
  expect(readdirSync(join(root, "c"))).toEqual(["v1"]);
});
