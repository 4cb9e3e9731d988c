import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { modelVersions, versionBundles } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { inspectVersion } from "#server/develop/registry/inspection/inspect-version.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { setSecurityPolicy } from "#server/develop/registry/security/set-security-policy.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import {
  externalDataModel,
  identityModel,
  indices,
  node,
  onnxModel,
  tensorValue,
} from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { loggedModel } from "#server/testing/fixtures/registry/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { digits, download, newBundling, upload } from "../../testing/fixtures/bundles/testing.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const { artifacts, models, bundles } = await newBundling();
afterAll(() => models.close());

const conflict = (message: string) =>
  expect.objectContaining({ code: "conflict", message: expect.stringContaining(message) });

async function registered(file?: Buffer, pipeline?: Pipeline): Promise<Context> {
  const ctx = await newWorkspace(db);
  await upload(ctx, artifacts, file && { file, ...(pipeline && { pipeline }) });
  return ctx;
}

/** Creates a version whose weights are in a second file. */
async function withWeights(weights: string): Promise<Context> {
  const ctx = await newWorkspace(db);
  const id = `m-${randomUUID()}`;
  const put = (path: string, content: Buffer) =>
    artifacts.put(`${ctx.actor.workspaceId}/77/models/${id}/artifacts/${path}`, Readable.from([content]));
  await put("net.onnx", externalDataModel(weights));
  await put(weights, Buffer.from(new Float32Array([1, 2]).buffer));
  await loggedModel(ctx, id);
  await createRegisteredModel(ctx, { name: digits.name });
  const version = await createModelVersion(ctx, { name: digits.name, source: `models:/${id}` });
  await inspectVersion(ctx, version.id, { artifacts, describeModel, maxBytes: 10_000 });
  return ctx;
}

async function pathOf(ctx: Context): Promise<string> {
  const { artifactKey } = await findVersion(ctx, digits);
  return artifacts.localPath(artifactKey ?? "");
}

test("includes external weights under their name, and runs the sample with them", async () => {
  const { files } = await download(await withWeights("data/w.bin"), bundles);
  expect(files.get("data/w.bin")).toEqual(Buffer.from(new Float32Array([1, 2]).buffer));
  const [{ data: given }] = JSON.parse(String(files.get("sample/request.json"))).inputs;
  const [{ data: got }] = JSON.parse(String(files.get("sample/response.json"))).outputs;
  expect(got).toEqual([Math.fround(given[0] + 1), Math.fround(given[1] + 2)]);
});

test("rejects weights with the name of another bundle file", async () => {
  const ctx = await withWeights("manifest.json");
  await expect(bundles.get(ctx, digits)).rejects.toEqual(conflict(`The model's weights are in "manifest.json"`));
});

test("rejects bundling a version that policies exclude from serving", async () => {
  const ctx = await registered();
  await bundles.get(ctx, digits);
  await setSecurityPolicy(ctx, { unsigned: "forbid", dangerous: "warn", reason: "test" });
  await expect(bundles.open(ctx, digits)).rejects.toEqual(
    conflict("digits v1 cannot be bundled because it cannot be deployed in this workspace. It is not signed."),
  );
  await setSecurityPolicy(ctx, { unsigned: "allow", dangerous: "allow", reason: "test" });
  const policy = { gates: [{ kind: "signature" as const }], enforce: { deploy: "gates" as const } };
  await setPolicy(ctx, { name: digits.name, policy, reason: "test" });
  await expect(bundles.open(ctx, digits)).rejects.toEqual(
    conflict("digits v1 cannot be deployed: Signature has not passed"),
  );
});

test("rejects a version that is not inspected or not a model, with the reason", async () => {
  const ctx = await registered();
  const { id } = await findVersion(ctx, digits);
  const set = (values: Partial<typeof modelVersions.$inferInsert>) =>
    db.update(modelVersions).set(values).where(eq(modelVersions.id, id));
  await set({ inspection: "pending" });
  await expect(bundles.get(ctx, digits)).rejects.toEqual(conflict("Its files have not been inspected yet."));
  await set({ inspection: "unservable", inspectionMessage: "No ONNX file found." });
  await expect(bundles.get(ctx, digits)).rejects.toEqual(conflict("No ONNX file found."));
  await expect(bundles.get(ctx, { ...digits, version: 9 })).rejects.toMatchObject({ code: "not-found" });
});

test("rejects files that differ from the registered ones, also in an existing bundle", async () => {
  const ctx = await registered();
  await bundles.get(ctx, digits);
  const path = await pathOf(ctx);
  const gone = conflict("are missing or differ from the registered ones");
  await rm(path);
  await expect(bundles.open(ctx, digits)).rejects.toEqual(gone);
  const { sizeBytes } = await findVersion(ctx, digits);
  await writeFile(path, Buffer.alloc(sizeBytes ?? 0, 7));
  await expect(bundles.open(ctx, digits).then(({ body }) => buffer(body))).rejects.toThrow(
    "model.onnx of a bundle is not the one that was sealed",
  );
  await db.delete(versionBundles);
  await expect(bundles.get(ctx, digits)).rejects.toEqual(gone);
  await rm(path);
  await expect(bundles.get(ctx, digits)).rejects.toEqual(gone);
});

test("bundles a model that fails on synthetic inputs without a sample, and explains that in the manifest", async () => {
  const model = onnxModel({
    nodes: [node("Reshape", ["x", "shape"], ["y"])],
    initializers: [indices("shape", [7, 11])],
    inputs: [tensorValue("x", "float32", ["N", "M"])],
    outputs: [tensorValue("y", "float32", [7, 11])],
  });
  const { manifest } = await bundles.get(await registered(model), digits);
  expect(manifest).toMatchObject({ sample: null, sampleProblem: expect.stringContaining("Reshape") });
  expect(manifest.files.map(({ path }) => path)).toContain("model.onnx");
});

test("samples only the model when the synthetic image does not fit the pipeline", async () => {
  const steps = [{ step: "decode" }, { step: "centre-crop", width: 400, height: 400 }];
  const pipeline = Pipeline.parse({ before: [{ kind: "image", name: "picture", into: "x", steps }] });
  const { manifest } = await bundles.get(
    await registered(identityModel("uint8", ["N", 400, 400, 3]), pipeline),
    digits,
  );
  expect(manifest).toMatchObject({
    pipeline: { digest: expect.any(String) },
    sample: { request: "sample/request.json", rawRequest: null, finalResponse: null },
  });
});

test("samples float16, integers, booleans and strings in protocol format", async () => {
  for (const [type, datatype] of [
    ["float16", "FP16"],
    ["int64", "INT64"],
    ["bool", "BOOL"],
    ["string", "BYTES"],
  ] as const) {
    const { files } = await download(await registered(identityModel(type, ["N", 3])), bundles);
    const [given] = JSON.parse(String(files.get("sample/request.json"))).inputs;
    const [got] = JSON.parse(String(files.get("sample/response.json"))).outputs;
    expect(got).toEqual({ ...given, name: "y", datatype, shape: [1, 3] });
    expect(got.data).toHaveLength(3);
  }
});
