import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { apiTokens, auditEvents, experiments, memberships, users, workspaces } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { hashPassword } from "#server/platform/identity/sign-in/password.ts";
import { verifySignIn } from "../../platform/identity/sign-in/verify-sign-in.ts";
import { contextOfToken } from "../../platform/identity/tokens/identify-token.ts";
import { bootstrap } from "./bootstrap.ts";

const config = { adminEmail: "Admin@leeway.local", adminPassword: undefined };

test("creates a workspace, an admin and a full-scope token on the first start, nothing on the second", async () => {
  const { db } = await freshDatabase();
  const first = await bootstrap(db, config);
  expect(first.email).toBe("admin@leeway.local");
  const signedIn = await verifySignIn(db, { ...first, password: first.password ?? "", address: "192.0.2.1" });
  expect(signedIn.mustChangePassword).toBe(true);
  const { actor } = await contextOfToken(db, first.token ?? "");
  expect(actor).toMatchObject({ role: "admin", workspaceId: first.workspaceId, name: "Admin (first start)" });
  expect(await db.select({ action: auditEvents.action }).from(auditEvents)).toEqual([
    { action: "workspace.created" },
    { action: "user.created" },
    { action: "token.created" },
  ]);
  const second = await bootstrap(db, { adminEmail: "other@leeway.local", adminPassword: "another long password" });
  expect(second).toEqual({ workspaceId: first.workspaceId, email: "admin@leeway.local" });
});

test("uses a configured password without printing it or requiring a change", async () => {
  const { db } = await freshDatabase();
  const adminPassword = "brought by the tide";
  const first = await bootstrap(db, { ...config, adminPassword });
  expect(first.password).toBeUndefined();
  const signedIn = await verifySignIn(db, { email: first.email, password: adminPassword, address: "192.0.2.1" });
  expect(signedIn.mustChangePassword).toBe(false);
});

test("creates everything once when several processes start concurrently", async () => {
  const { db } = await freshDatabase();
  const results = await Promise.all(Array.from({ length: 4 }, () => bootstrap(db, config)));
  expect(results.filter((result) => result.password && result.token)).toHaveLength(1);
  expect(new Set(results.map((result) => result.workspaceId)).size).toBe(1);
  const counts = [workspaces, users, memberships, apiTokens, experiments].map((table) => db.$count(table));
  expect(await Promise.all(counts)).toEqual([1, 1, 1, 1, 1]);
  const [admin] = await db.select().from(memberships).where(eq(memberships.role, "admin"));
  expect(admin).toBeDefined();
});

test("rejects a weak password of the first admin, and takes a hash as it is", async () => {
  const { db } = await freshDatabase();
  const weak = bootstrap(db, { ...config, adminPassword: "leeway-2026-leeway" });
  await expect(weak).rejects.toThrow(/^ADMIN_PASSWORD: Must not consist of/);
  const first = await bootstrap(db, { ...config, adminPasswordHash: await hashPassword("fair-winds") });
  expect(first.password).toBeUndefined();
  const credentials = { email: first.email, password: "fair-winds", address: "192.0.2.1" };
  expect(await verifySignIn(db, credentials)).toMatchObject({ mustChangePassword: false });
});
