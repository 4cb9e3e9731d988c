import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { everyCall } from "../../testing/permissions/every-call.ts";
import { changedSince, fingerprint, tenantTables } from "../../testing/permissions/fingerprint.ts";
import { type Fixture, setUpFixture } from "../../testing/permissions/fixture.ts";
import { undone } from "../../testing/permissions/undone.ts";
import { type PermissionName, permissions } from "../permissions/permissions.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const theirs = await newWorkspace(db);
const fixture = await setUpFixture(theirs, "their-secret");
// One of each with the same names, so that what is found by name could be theirs.
const own = await newWorkspace(db);
const ownFixture = await setUpFixture(own, "own-secret");

const before = await fingerprint(own, fixture.workspaceId);

/** Returns the complete result as text, including the contents of maps. */
function summarise(result: unknown): string {
  return (
    JSON.stringify(result, (_key, value) => {
      if (value instanceof Map) return [...value];
      return typeof value === "bigint" ? String(value) : value;
    }) ?? ""
  );
}

test("covers every tenant table in the fingerprint, and detects a change", async () => {
  expect(tenantTables.length).toBeGreaterThan(25);
  const changed = await undone(theirs, async (ctx) => {
    await ctx.db.execute(sql`update runs set name = 'x' where id = ${fixture.runId}`);
    return changedSince(ctx, fixture.workspaceId, before);
  });
  expect(changed).toEqual(["runs"]);
});

/** Returns the result, or the error. */
async function outcome(
  name: PermissionName,
  ctx: Context,
  of: Fixture,
): Promise<{ result?: unknown; error?: DomainError }> {
  try {
    return { result: await ctx.db.transaction(async (db) => everyCall[name]({ ...ctx, db: db as never }, of)) };
  } catch (error) {
    if (error instanceof DomainError) return { error };
    throw error;
  }
}

const names = Object.keys(permissions) as PermissionName[];

test.each(names)("%s finds and changes nothing with IDs of another workspace", async (name) => {
  await undone(own, async (ctx) => {
    const { result, error } = await outcome(name, ctx, fixture);
    expect(await changedSince(ctx, fixture.workspaceId, before)).toEqual([]);
    expect(summarise(result) + error?.message).not.toContain(fixture.secret);
    if (!error || error.code === "not-found") return;
    // Any other error must concern the caller's own object with the same name.
    expect((await undone(own, (ctx) => outcome(name, ctx, ownFixture))).error?.code).toBe(error.code);
  });
});

test("no other connection has changed anything either", async () => {
  expect(await fingerprint(own, fixture.workspaceId)).toEqual(before);
});
