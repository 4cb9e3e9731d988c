import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { versionScans } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getChecklist } from "../../../release/gates/queries.ts";
import { runGates } from "../../../release/gates/run-gates.ts";
import { mlpModel } from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { noFiles, noModels } from "../../../testing/fixtures/registry/requests/testing.ts";
import { callingSystem } from "../../../testing/fixtures/registry/security/pickle/fixture-pickles.ts";
import { auditActions, lastAudit, loggedModel, waitingJobs } from "../../../testing/fixtures/registry/testing.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { describeModel } from "../onnx/describe-model.ts";
import { setPolicy } from "../policy/set-policy.ts";
import type { ModelIntake } from "../source/model-intake.ts";
import { setVersionTag } from "../tags/set-version-tag.ts";
import { createModelVersion } from "../versions/create-model-version.ts";
import { registerUpload } from "../versions/register-upload.ts";
import { addTrustedKey } from "./add-trusted-key.ts";
import { signatureTag } from "./contract.ts";
import { getVersionSecurity, listSecuritySummaries, listTrustedKeys } from "./queries.ts";
import { requestScan } from "./request-scan.ts";
import { revokeTrustedKey } from "./revoke-trusted-key.ts";
import { scanVersion } from "./scan-version.ts";
import { setSecurityPolicy } from "./set-security-policy.ts";
import { signVersion } from "./sign-version.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-security-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const intake: ModelIntake = { artifacts, describeModel, maxBytes: 1_000_000 };
const model = mlpModel([4, 8, 3]);
const sha256 = createHash("sha256").update(model).digest("hex");
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
const signature = sign(null, Buffer.from(sha256), privateKey).toString("base64");
const key = { name: "digits", version: 1 };
const reason = "tests";

const upload = (ctx: Context, more: object = {}) =>
  registerUpload(ctx, { name: "digits", ...more }, Readable.from([model]), intake);

/** Creates version 1 of "digits" from logged model m-1 with these files. */
async function logged(ctx: Context, files: Record<string, Buffer | string>): Promise<string> {
  const put = (path: string, content: Buffer | string) =>
    artifacts.put(`${ctx.actor.workspaceId}/77/models/m-1/artifacts/${path}`, Readable.from([Buffer.from(content)]));
  for (const [path, content] of Object.entries(files)) await put(path, content);
  await createRegisteredModel(ctx, { name: "digits" });
  await loggedModel(ctx, "m-1");
  return (await createModelVersion(ctx, { name: "digits", source: "models:/m-1" })).id;
}

describe("scan", () => {
  test(
    "is requested at every registration and covers all files of the folder",
    inWorkspace(async (ctx) => {
      const id = await logged(ctx, {
        "m.onnx": model,
        "code/train.py": "import os\nos.system('x')\n",
        "python_model.pkl": callingSystem[4] as Buffer,
        LICENSE: "MIT License\n\nPermission is hereby granted, free of charge",
      });
      expect(await waitingJobs(ctx)).toContainEqual(
        expect.objectContaining({ name: "scan-version", data: expect.objectContaining({ versionId: id }) }),
      );
      expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({ verdict: null, report: null, scannedAt: null });
      await scanVersion(ctx, id, artifacts);
      const { scan, licence } = await getVersionSecurity(ctx, key);
      expect(scan).toMatchObject({ verdict: "dangerous", report: { files: 4, message: null, leftOut: 0 } });
      expect(scan?.report?.findings.map(({ file, severity }) => [file, severity])).toEqual([
        ["python_model.pkl", "dangerous"],
        ["code/train.py", "dangerous"],
      ]);
      expect(licence).toEqual({ name: "MIT", from: "the file LICENSE" });
      expect(await lastAudit(ctx)).toMatchObject({ action: "version.scanned", after: { verdict: "dangerous" } });
      await setVersionTag(ctx, { ...key, key: "license", value: "ours" });
      expect((await getVersionSecurity(ctx, key)).licence).toEqual({ name: "ours", from: "version tag" });
    }),
  );

  test(
    "reports an uploaded file as clean, and is recorded once when its job runs twice",
    inWorkspace(async (ctx) => {
      const { id } = await upload(ctx);
      await scanVersion(ctx, id, artifacts);
      await scanVersion(ctx, id, artifacts);
      expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({ verdict: "clean", report: { files: 1 } });
      expect((await auditActions(ctx)).filter((action) => action === "version.scanned")).toHaveLength(1);
      expect(await listSecuritySummaries(ctx, [id])).toEqual([
        { versionId: id, verdict: "clean", isWaiting: false, signature: "unsigned", refusals: [], warnings: [] },
      ]);
      await expect(scanVersion(ctx, ctx.actor.workspaceId, artifacts)).resolves.toBeUndefined();
    }),
  );

  test(
    "stays pending after a crash, and does not overwrite a scan requested meanwhile",
    inWorkspace(async (ctx) => {
      const { id } = await upload(ctx);
      const away = { ...artifacts, localPath: () => Promise.reject(new Error("disk away")) };
      await expect(scanVersion(ctx, id, away)).rejects.toThrow("disk away");
      expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({ verdict: null });
      const requested = new Date("2026-05-01T10:00:00Z");
      const meanwhile = {
        ...artifacts,
        localPath: async (path: string) => {
          await ctx.db.update(versionScans).set({ requestedAt: requested }).where(eq(versionScans.versionId, id));
          return artifacts.localPath(path);
        },
      };
      await scanVersion(ctx, id, meanwhile);
      expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({ verdict: null, requestedAt: requested });
      await scanVersion(ctx, id, artifacts);
      expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({ verdict: "clean" });
      await requestScan(ctx, key);
      expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({ verdict: null, report: null });
      await expect(requestScan(as(ctx, "viewer"), key)).rejects.toMatchObject({ code: "forbidden" });
    }),
  );

  test(
    "states why Leeway cannot read the files",
    inWorkspace(async (ctx) => {
      const id = await logged(ctx, {});
      await scanVersion(ctx, id, artifacts);
      expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({
        verdict: "failed-to-scan",
        report: { message: expect.stringContaining("No files found") },
      });
      const { id: foreign } = await createModelVersion(ctx, { name: "digits", source: "s3://bucket/1" });
      await scanVersion(ctx, foreign, artifacts);
      expect((await getVersionSecurity(ctx, { ...key, version: 2 })).scan?.report?.message).toContain("cannot read s3");
    }),
  );
});

describe("signature", () => {
  test(
    "is set by tag or request, and counts while its key is trusted",
    inWorkspace(async (ctx) => {
      await upload(ctx, { tags: [{ key: signatureTag, value: signature }] });
      const state = async () => (await getVersionSecurity(ctx, key)).signature.state;
      expect(await state()).toBe("unknown");
      const { id } = await addTrustedKey(ctx, { name: "pipeline", publicKey: pem });
      expect((await getVersionSecurity(ctx, key)).signature).toMatchObject({ state: "trusted", keyName: "pipeline" });
      await revokeTrustedKey(ctx, { keyId: id, reason });
      expect(await state()).toBe("revoked");
      expect(await lastAudit(ctx)).toMatchObject({ action: "trusted-key.revoked", reason });
      await expect(revokeTrustedKey(ctx, { keyId: id, reason })).rejects.toMatchObject({ code: "conflict" });
      await expect(addTrustedKey(ctx, { name: "again", publicKey: pem })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("was revoked"),
      });
      expect(await listTrustedKeys(ctx)).toMatchObject([{ name: "pipeline", revokedBy: ctx.actor.name }]);
    }),
  );

  test(
    "is not replaced by an untrusted one, and is rejected if invalid",
    inWorkspace(async (ctx) => {
      await upload(ctx);
      await addTrustedKey(ctx, { name: "pipeline", publicKey: pem });
      expect(await signVersion(ctx, { ...key, signature })).toMatchObject({ state: "trusted" });
      const other = Buffer.alloc(64, 1).toString("base64");
      await expect(signVersion(ctx, { ...key, signature: other })).rejects.toMatchObject({ code: "conflict" });
      expect((await getVersionSecurity(ctx, key)).signature).toMatchObject({ state: "trusted", signature });
      await expect(signVersion(ctx, { ...key, signature: "x" })).rejects.toMatchObject({ code: "invalid" });
      await expect(setVersionTag(ctx, { ...key, key: signatureTag, value: "x" })).rejects.toMatchObject({
        code: "invalid",
      });
      await expect(upload(ctx, { tags: [{ key: signatureTag, value: "x" }] })).rejects.toMatchObject({
        code: "invalid",
      });
    }),
  );

  test(
    "is unknown if its key belongs to another workspace",
    inWorkspace(async (ctx) => {
      await addTrustedKey(await newWorkspace(ctx.db), { name: "theirs", publicKey: pem });
      await upload(ctx);
      expect(await signVersion(ctx, { ...key, signature })).toMatchObject({ state: "unknown", keyName: null });
    }),
  );
});

describe("security policy", () => {
  async function deploy(ctx: Context) {
    const endpoint = await createEndpoint(ctx, { name: `e-${Math.random().toString(36).slice(2, 8)}` });
    return deployVersion(ctx, { endpointId: endpoint.id, model: "digits", version: 1, reason });
  }

  test(
    "rejects unsigned versions with a message until they are signed",
    inWorkspace(async (ctx) => {
      await upload(ctx);
      await setSecurityPolicy(ctx, { unsigned: "forbid", dangerous: "allow", reason });
      await expect(deploy(ctx)).rejects.toMatchObject({
        code: "conflict",
        message:
          "digits v1 cannot be deployed in this workspace. It is not signed. See Settings, Security for the policy.",
      });
      const { id } = await addTrustedKey(ctx, { name: "pipeline", publicKey: pem });
      await signVersion(ctx, { ...key, signature });
      await expect(deploy(ctx)).resolves.toMatchObject({ version: 1 });
      await revokeTrustedKey(ctx, { keyId: id, reason });
      await expect(deploy(ctx)).rejects.toMatchObject({
        message: expect.stringContaining("signed with the revoked key"),
      });
    }),
  );

  test(
    "rejects versions not scanned if it forbids dangerous ones, and records warnings",
    inWorkspace(async (ctx) => {
      const { id } = await upload(ctx);
      await setSecurityPolicy(ctx, { unsigned: "warn", dangerous: "forbid", reason });
      await expect(deploy(ctx)).rejects.toMatchObject({ message: expect.stringContaining("still being scanned") });
      await scanVersion(ctx, id, artifacts);
      await deploy(ctx);
      expect(await lastAudit(ctx)).toMatchObject({
        action: "version.deployed",
        after: { version: 1, warnings: ["It is not signed."] },
      });
      const operator = as(ctx, "operator");
      await expect(
        setSecurityPolicy(operator, { unsigned: "allow", dangerous: "allow", reason }),
      ).rejects.toMatchObject({ code: "forbidden" });
    }),
  );

  test(
    "determines the scan gate together with the scan",
    inWorkspace(async (ctx) => {
      const { id } = await upload(ctx);
      await setPolicy(ctx, { name: "digits", policy: { gates: [{ kind: "scan" }] }, reason });
      const run = async (checkId: string) => {
        await runGates(ctx, { versionId: id, alias: "champion", checkId }, noModels, noFiles);
        return (await getChecklist(ctx, { ...key, alias: "champion" })).gates[0];
      };
      expect(await run("0b0e5a52-4a39-4b0a-8f3e-0d6a1f6f7a01")).toMatchObject({
        standing: "pending",
        run: { words: "its files are still being scanned" },
      });
      await scanVersion(ctx, id, artifacts);
      expect(await run("0b0e5a52-4a39-4b0a-8f3e-0d6a1f6f7a02")).toMatchObject({ standing: "passed" });
      await setSecurityPolicy(ctx, { unsigned: "forbid", dangerous: "warn", reason });
      expect(await run("0b0e5a52-4a39-4b0a-8f3e-0d6a1f6f7a03")).toMatchObject({
        standing: "failed",
        run: { words: "nothing found in 1 file; not signed" },
      });
    }),
  );
});
