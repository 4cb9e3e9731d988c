import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { requestPromotion } from "../../../release/promotion/request-promotion.ts";
import { mlpModel } from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { lastAudit, waitingJobs } from "../../../testing/fixtures/registry/testing.ts";
import { describeModel } from "../onnx/describe-model.ts";
import { setPolicy } from "../policy/set-policy.ts";
import { getVersion } from "../versions/queries.ts";
import { registerUpload } from "../versions/register-upload.ts";
import { addTrustedKey } from "./add-trusted-key.ts";
import { signatureTag } from "./contract.ts";
import { getVersionSecurity } from "./queries.ts";
import { removeSignature } from "./remove-signature.ts";
import { setSecurityPolicy } from "./set-security-policy.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-unsigned-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const model = mlpModel([4, 8, 3]);
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const sha256 = createHash("sha256").update(model).digest("hex");
const signature = sign(null, Buffer.from(sha256), privateKey).toString("base64");
const key = { name: "digits", version: 1 };
const reason = "It was of another file.";

/** Creates digits v1, signed by a trusted key with a tag. */
async function signed(ctx: Context): Promise<void> {
  await addTrustedKey(ctx, {
    name: "pipeline",
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  });
  const tags = [{ key: signatureTag, value: signature }];
  const intake = { artifacts, describeModel, maxBytes: 1_000_000 };
  await registerUpload(ctx, { name: "digits", tags }, Readable.from([model]), intake);
}

const state = async (ctx: Context) => (await getVersionSecurity(ctx, key)).signature.state;
const checks = async (ctx: Context) => (await waitingJobs(ctx)).filter(({ name }) => name === "run-gates");

test(
  "removes a signature with its tag and a reason, and reruns the gates of requests",
  inWorkspace(async (ctx) => {
    await signed(ctx);
    await setPolicy(ctx, { name: "digits", policy: { gates: [{ kind: "scan", needsSignature: true }] }, reason });
    await requestPromotion(ctx, { ...key, alias: "champion", reason });
    // The worker has started them, so a change needs others.
    await ctx.db.execute(sql`update pgboss.job set state = 'active' where name = 'run-gates'`);
    const before = (await checks(ctx)).length;
    await removeSignature(ctx, { ...key, reason });
    expect(await state(ctx)).toBe("unsigned");
    expect((await getVersion(ctx, key)).tags).toEqual([]);
    expect(await checks(ctx)).toHaveLength(before + 1);
    expect(await lastAudit(ctx)).toMatchObject({
      action: "version.signature-removed",
      subject: "version/digits/1",
      before: { signature },
      reason,
    });
    await expect(removeSignature(ctx, { ...key, reason })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "keeps the signature of a deployed version while only signed versions are allowed",
  inWorkspace(async (ctx) => {
    await signed(ctx);
    await setSecurityPolicy(ctx, { unsigned: "forbid", dangerous: "allow", reason });
    const { id: endpointId } = await createEndpoint(ctx, { name: "e-1" });
    await deployVersion(ctx, { endpointId, model: "digits", version: 1, reason });
    await expect(removeSignature(ctx, { ...key, reason })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining('digits v1 is deployed to the endpoint "e-1"'),
    });
    expect(await state(ctx)).toBe("trusted");
    await setSecurityPolicy(ctx, { unsigned: "warn", dangerous: "allow", reason });
    await removeSignature(ctx, { ...key, reason });
    expect(await state(ctx)).toBe("unsigned");
  }),
);

test(
  "rejects a member, a missing version and a missing reason",
  inWorkspace(async (ctx) => {
    await signed(ctx);
    const remove = (actor: Context, more: object) => removeSignature(actor, { ...key, reason, ...more });
    await expect(remove(as(ctx, "member"), {})).rejects.toMatchObject({ code: "forbidden" });
    await expect(remove(ctx, { version: 2 })).rejects.toMatchObject({ code: "not-found" });
    await expect(remove(ctx, { reason: " " })).rejects.toThrow("Give a reason. Others will rely on it later.");
    expect(await state(ctx)).toBe("trusted");
  }),
);
