import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { endpoints, incidents } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { everyCall } from "../../testing/permissions/every-call.ts";
import { changedSince, fingerprint } from "../../testing/permissions/fingerprint.ts";
import { setUpFixture } from "../../testing/permissions/fixture.ts";
import { undone } from "../../testing/permissions/undone.ts";
import type { Permission } from "../permissions/permissions/permission.ts";
import { type PermissionName, permissions } from "../permissions/permissions.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const admin = await newWorkspace(db);
const fixture = await setUpFixture(admin, "confidential");
await createEndpoint(admin, { name: "quiet" });
await db.update(incidents).set({ endpointId: fixture.endpointId }).where(eq(incidents.id, fixture.incidentId));

const named = await db.select().from(endpoints).where(eq(endpoints.workspaceId, fixture.workspaceId));
const others = named.filter(({ name }) => name !== "quiet");
const before = await fingerprint(admin, fixture.workspaceId);

const boundTo = (names: readonly string[]): Context => ({ db, actor: { ...admin.actor, endpoints: names } });
const quiet = boundTo(["quiet"]);

/** Text of a result, with the contents of maps. */
const summarise = (result: unknown) =>
  JSON.stringify(result, (_key, value) => (value instanceof Map ? [...value] : value)) ?? "";

/** Returns the result of a call about the fixture, or its error. */
async function outcome(name: PermissionName, ctx: Context): Promise<{ text: string; error?: DomainError }> {
  try {
    return {
      text: summarise(await ctx.db.transaction(async (db) => everyCall[name]({ ...ctx, db: db as never }, fixture))),
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { text: error.message, error };
  }
}

const names = Object.keys(permissions) as PermissionName[];
const boundTokensOf = (name: PermissionName) => (permissions[name] as Permission).boundTokens;

test.each(names)("%s reaches nothing of another endpoint with a token bound to one", async (name) => {
  await undone(quiet, async (ctx) => {
    const { text, error } = await outcome(name, ctx);
    for (const { id, name } of others) {
      expect(text).not.toContain(id);
      expect(text).not.toContain(`"${name}"`);
    }
    expect(text).not.toContain(fixture.secret);
    if (boundTokensOf(name) === undefined) {
      expect(error).toMatchObject({ code: "forbidden", message: expect.stringContaining('limited to "quiet"') });
    }
    if (boundTokensOf(name) !== "harmless") expect(await changedSince(ctx, fixture.workspaceId, before)).toEqual([]);
  });
});

test("no other connection has changed anything either", async () => {
  expect(await fingerprint(admin, fixture.workspaceId)).toEqual(before);
});

/** Called here for all endpoints, or for a group of alerts, which a bound token may not. */
const elsewhere: readonly PermissionName[] = ["createToken", "declareIncident"];
const own = names.filter((name) => boundTokensOf(name) !== undefined && !elsewhere.includes(name));

test.each(own)("%s works with a token bound to the endpoints of the call", async (name) => {
  const all = boundTo([...named.map(({ name }) => name), "another-endpoint"]);
  const bound = await undone(all, (ctx) => outcome(name, ctx));
  expect(bound.error?.code).not.toBe("forbidden");
  const unbound = await undone(admin, (ctx) => outcome(name, ctx));
  expect(bound.error?.code).toBe(unbound.error?.code);
});

test("lets a bound token use what belongs to its endpoints", () => {
  expect(own.length).toBeGreaterThan(100);
});
