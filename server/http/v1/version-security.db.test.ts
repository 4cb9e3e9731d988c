import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-security-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);

const model = mlpModel([4, 3]);
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const signature = sign(null, Buffer.from(createHash("sha256").update(model).digest("hex")), privateKey).toString(
  "base64",
);

test(
  "verifies a signed upload once an admin trusts its key, and shows the result to both",
  inWorkspace(async (ctx) => {
    const [admin, member] = [await clientOf(ctx, { artifacts }), await clientOf(as(ctx, "member"), { artifacts })];
    const uploaded = await member("POST", `/models/m/versions?signature=${encodeURIComponent(signature)}`, model);
    expect(uploaded).toMatchObject({ status: 201, body: { version: 1 } });
    const path = "/models/m/versions/1";
    expect((await member("GET", `${path}/signature`)).body).toMatchObject({ state: "unknown", signature });
    const key = { name: "pipeline", publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
    expect((await member("POST", "/trusted-keys", key)).status).toBe(403);
    const added = await admin("POST", "/trusted-keys", key);
    expect(added).toMatchObject({ status: 201, body: { name: "pipeline", revokedAt: null } });
    expect((await admin("POST", "/trusted-keys", key)).status).toBe(409);
    expect((await member("GET", `${path}/security`)).body).toMatchObject({
      scan: { verdict: null },
      signature: { state: "trusted", keyName: "pipeline" },
      licence: null,
      refusals: [],
      warnings: ["Its files are still being scanned."],
    });
    expect((await member("PUT", `${path}/signature`, { signature })).body).toMatchObject({ state: "trusted" });
    expect((await member("PUT", `${path}/signature`, { signature: "x" })).status).toBe(400);
    const revocation = `/trusted-keys/${added.body.id}/revocation`;
    expect((await admin("POST", revocation, {})).status).toBe(400);
    expect((await admin("POST", revocation, { reason: "it was lost" })).status).toBe(204);
    expect((await member("GET", "/trusted-keys")).body.keys).toMatchObject([{ revokedBy: ctx.actor.name }]);
    expect((await member("GET", `${path}/signature`)).body.state).toBe("revoked");
  }),
);

test(
  "requests another scan, and allows everyone to read but only admins to write the policy",
  inWorkspace(async (ctx) => {
    const [admin, member] = [await clientOf(ctx, { artifacts }), await clientOf(as(ctx, "member"), { artifacts })];
    await member("POST", "/models/m/versions", model);
    expect((await member("POST", "/models/m/versions/1/scan")).status).toBe(202);
    expect(await waitingJobs(ctx)).toHaveLength(2);
    expect((await member("POST", "/models/m/versions/9/scan")).status).toBe(404);
    expect((await member("GET", "/security-policy")).body).toMatchObject({ unsigned: "allow", dangerous: "warn" });
    const policy = { unsigned: "forbid", dangerous: "forbid", reason: "audit" };
    expect((await member("PUT", "/security-policy", policy)).status).toBe(403);
    expect((await admin("PUT", "/security-policy", policy)).body).toMatchObject({
      unsigned: "forbid",
      changedBy: ctx.actor.name,
    });
    expect((await member("GET", "/models/m/versions/1/security")).body.refusals).toHaveLength(2);
  }),
);
