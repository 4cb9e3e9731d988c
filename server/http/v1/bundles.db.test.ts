import { createHash } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { setSecurityPolicy } from "#server/develop/registry/security/set-security-policy.ts";
import { newBundling, upload } from "#server/testing/fixtures/bundles/testing.ts";
import { auditActions } from "#server/testing/fixtures/registry/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const { db } = await freshDatabase();
const { artifacts, models, bundles } = await newBundling();
afterAll(() => models.close());
const path = "/models/digits/versions/1/bundle";

/** Returns a function that sends GET requests with headers. */
async function getterOf(ctx: Context) {
  const call = await clientOf(ctx, { artifacts, bundles });
  return (url: string, headers: Record<string, string> = {}) => call("GET", url, undefined, headers);
}

test("downloads a bundle with its digest, and returns 304 when the client has it", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, artifacts);
  const get = await getterOf({ ...ctx, actor: { ...ctx.actor, role: "viewer" } });
  const { headers, body: file, status } = await get(path);
  const digest = createHash("sha256").update(file).digest();
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "application/zip",
    "content-length": String(file.length),
    "content-disposition": "attachment; filename*=UTF-8''digits-v1.leeway.zip",
    etag: `"${digest.toString("hex")}"`,
    "repr-digest": `sha-256=:${digest.toString("base64")}:`,
  });
  const received = (await get(`${path}/manifest`)).body;
  expect(received).toMatchObject({ sha256: digest.toString("hex"), manifest: { model: "digits", version: 1 } });
  const again = await get(path, { "if-none-match": String(headers.etag) });
  expect([again.status, again.body]).toEqual([304, undefined]);
  expect((await clientOf(ctx, { artifacts, bundles }).then((call) => call("HEAD", path))).status).toBe(404);
  const downloads = (await auditActions(ctx)).filter((action) => action === "version.bundle-downloaded");
  expect(downloads).toHaveLength(1);
});

test("returns the bundle key with its fingerprint, and as a PEM file", async () => {
  const get = await getterOf(await newWorkspace(db, "viewer"));
  const { fingerprint, pem } = (await get("/bundle-key")).body;
  const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64");
  expect(createHash("sha256").update(der).digest("hex")).toBe(fingerprint);
  const file = await get("/bundle-key.pem");
  expect(String(file.body)).toBe(pem);
  expect(file.headers["content-disposition"]).toBe('attachment; filename="leeway-bundle-key.pem"');
});

test("rejects a version that may not be served with a reason, without auditing a download", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, artifacts);
  await setSecurityPolicy(ctx, { unsigned: "forbid", dangerous: "warn", reason: "test" });
  const response = await (await getterOf(ctx))(path);
  expect(response.status).toBe(409);
  expect(response.body.error.message).toContain("digits v1 cannot be bundled");
  expect(await auditActions(ctx)).not.toContain("version.bundle-downloaded");
});
