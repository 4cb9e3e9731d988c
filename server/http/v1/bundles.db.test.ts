import { createHash } from "node:crypto";
import Fastify from "fastify";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { newBundling, upload } from "#server/bundles/testing.ts";
import type { Context } from "#server/context.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { setSecurityPolicy } from "#server/registry/security/set-security-policy.ts";
import { auditActions } from "#server/registry/testing.ts";
import { newWorkspace } from "#server/testing.ts";
import { v1Plugin } from "./plugin.ts";

const { db } = await freshDatabase();
const { artifacts, models, bundles } = await newBundling();
afterAll(() => models.close());
const path = "/models/digits/versions/1/bundle";

async function clientOf(ctx: Context) {
  const app = Fastify();
  const deps = { config: { publicUrl: "http://leeway.test" }, artifacts, bundles, authenticate: async () => ctx };
  await app.register((scope) => v1Plugin(scope, deps as unknown as WebDependencies), { prefix: "/api/v1" });
  return (url: string, headers = {}, method: "GET" | "HEAD" = "GET") =>
    app.inject({ method, url: `/api/v1${url}`, headers });
}

test("a bundle is downloaded with its digest, and not again by who has it", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, artifacts);
  const get = await clientOf({ ...ctx, actor: { ...ctx.actor, role: "viewer" } });
  const { headers, rawPayload, statusCode } = await get(path);
  const digest = createHash("sha256").update(rawPayload).digest();
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "application/zip",
    "content-length": String(rawPayload.length),
    "content-disposition": "attachment; filename*=UTF-8''digits-v1.leeway.zip",
    etag: `"${digest.toString("hex")}"`,
    "repr-digest": `sha-256=:${digest.toString("base64")}:`,
  });
  const told = (await get(`${path}/manifest`)).json();
  expect(told).toMatchObject({ sha256: digest.toString("hex"), manifest: { model: "digits", version: 1 } });
  const again = await get(path, { "if-none-match": headers.etag });
  expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
  expect((await get(path, {}, "HEAD")).statusCode).toBe(404);
  const downloads = (await auditActions(ctx)).filter((action) => action === "version.bundle-downloaded");
  expect(downloads).toHaveLength(1);
});

test("the key that seals is shown with its fingerprint, and downloaded as PEM", async () => {
  const get = await clientOf(await newWorkspace(db, "viewer"));
  const { fingerprint, pem } = (await get("/bundle-key")).json();
  const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64");
  expect(createHash("sha256").update(der).digest("hex")).toBe(fingerprint);
  const file = await get("/bundle-key.pem");
  expect(file.body).toBe(pem);
  expect(file.headers["content-disposition"]).toBe('attachment; filename="leeway-bundle-key.pem"');
});

test("a version that may not serve is refused in words, and nothing is audited as a download", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, artifacts);
  await setSecurityPolicy(ctx, { unsigned: "forbid", dangerous: "warn", reason: "test" });
  const answer = await (await clientOf(ctx))(path);
  expect(answer.statusCode).toBe(409);
  expect(answer.json().error.message).toContain("digits v1 may not leave for devices");
  expect(await auditActions(ctx)).not.toContain("version.bundle-downloaded");
});
