import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { versionBundles } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { systemContext } from "#server/base/context.ts";
import { pipelineDigest } from "#server/develop/registry/pipeline/digest.ts";
import { addTrustedKey } from "#server/develop/registry/security/add-trusted-key.ts";
import { signVersion } from "#server/develop/registry/security/sign-version.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { lastAudit } from "#server/testing/fixtures/registry/testing.ts";
import { as, newWorkspace } from "#server/testing/testing.ts";
import { digits, download, newBundling, upload } from "../../testing/fixtures/bundles/testing.ts";
import { BundleManifest } from "./contract.ts";
import { instanceKey } from "./instance-key.ts";
import { getBundleKey } from "./queries.ts";

const { db } = await freshDatabase();
const { artifacts, models, bundles } = await newBundling();
afterAll(() => models.close());

const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const json = (bytes: Buffer | undefined) => JSON.parse(String(bytes));

async function registered(): Promise<Context> {
  const ctx = await newWorkspace(db);
  await upload(ctx, artifacts);
  return ctx;
}

test("bundles exactly the files of the manifest, signed with the instance key, and audits the download", async () => {
  const ctx = await registered();
  const viewer = as(ctx, "viewer");
  const received = await bundles.get(viewer, digits);
  const { bytes, files } = await download(viewer, bundles);
  expect([received.fileName, received.sizeBytes, received.sha256]).toEqual([
    "digits-v1.leeway.zip",
    bytes.length,
    hash(bytes),
  ]);
  const manifest = BundleManifest.parse(json(files.get("manifest.json")));
  expect(manifest).toEqual(received.manifest);
  expect([...files.keys()].sort()).toEqual(
    ["manifest.json", "manifest.sig", ...manifest.files.map(({ path }) => path)].sort(),
  );
  for (const { path, sizeBytes, sha256 } of manifest.files) {
    const file = files.get(path) ?? Buffer.alloc(0);
    expect([path, file.length, hash(file)]).toEqual([path, sizeBytes, sha256]);
  }
  const key = await getBundleKey(viewer);
  const [text, seal] = [files.get("manifest.json") ?? "", files.get("manifest.sig") ?? ""];
  expect(verify(null, Buffer.from(text), createPublicKey(key.pem), Buffer.from(seal))).toBe(true);
  expect(manifest.seal.keyFingerprint).toBe(key.fingerprint);
  const version = await getVersion(ctx, digits);
  expect(manifest).toMatchObject({
    sha256: version.sha256,
    pipeline: { digest: version.pipelineDigest },
    requires: { opsets: version.signature?.opsets, datatypes: ["FP32"] },
  });
  expect(hash(files.get("model.onnx") ?? Buffer.alloc(0))).toBe(version.sha256);
  const { digest, pipeline } = json(files.get("pipeline.json"));
  expect([digest, pipelineDigest(pipeline)]).toEqual([version.pipelineDigest, version.pipelineDigest]);
  expect(await lastAudit(ctx)).toMatchObject({
    action: "version.bundle-downloaded",
    subject: "version/digits/1",
    after: { sha256: received.sha256, sizeBytes: received.sizeBytes, key: key.fingerprint },
  });
});

test("includes a sample run of the version, from the image to the label", async () => {
  const ctx = await registered();
  const { files } = await download(ctx, bundles);
  const { sample } = BundleManifest.parse(json(files.get("manifest.json")));
  expect(sample).toMatchObject({ provider: "cpu", tolerances: { probabilities: { relative: 0.001 } } });
  const raw = json(files.get("sample/raw-request.json"));
  expect(raw.inputs).toMatchObject([{ name: "picture", datatype: "BYTES", parameters: { content_type: "base64" } }]);
  const { id: versionId } = await getVersion(ctx, digits);
  const run = async (inputs: unknown[], outputs: string[]) => {
    const own = systemContext(db, ctx.actor.workspaceId, "test");
    return (await models.run(own, { versionId, inputs, outputs: outputs.map((name) => ({ name })) })).outputs;
  };
  const { outputs } = json(files.get("sample/response.json"));
  const { inputs } = json(files.get("sample/request.json"));
  expect(new Set(inputs[0].data).size).toBeGreaterThan(20);
  expect(await run(inputs, ["probabilities"])).toEqual(outputs);
  expect(await run(raw.inputs, ["probabilities"])).toEqual(outputs);
  const final = json(files.get("sample/final-response.json"));
  expect(await run(raw.inputs, ["digit", "three_best", "three_shares"])).toEqual(final.outputs);
});

test("builds the same file for the same version, even when rebuilt, and another for another signature", async () => {
  const ctx = await registered();
  const first = await download(ctx, bundles);
  expect((await download(ctx, bundles)).bytes.equals(first.bytes)).toBe(true);
  await db.delete(versionBundles);
  expect((await download(ctx, bundles)).bytes.equals(first.bytes)).toBe(true);
  expect([...first.files.keys()]).not.toContain("version-signatures.json");
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const { sha256 } = await getVersion(ctx, digits);
  const signature = sign(null, Buffer.from(sha256 ?? ""), privateKey).toString("base64");
  await signVersion(ctx, { ...digits, signature });
  expect((await download(ctx, bundles)).bytes.equals(first.bytes)).toBe(true);
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const { publicKey: trusted } = await addTrustedKey(ctx, { name: "pipeline", publicKey: pem });
  const { files } = await download(ctx, bundles);
  expect(json(files.get("version-signatures.json"))).toEqual({
    sha256,
    signatures: [{ keyName: "pipeline", publicKey: trusted, signature }],
  });
});

test("agrees on one signing key in concurrent processes", async () => {
  const { db } = await freshDatabase();
  const keys = await Promise.all(Array.from({ length: 5 }, () => instanceKey(db)));
  expect(new Set(keys.map((key) => key.public.fingerprint)).size).toBe(1);
});
