import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Actor, Context, Role } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { everyCall } from "../../testing/permissions/every-call.ts";
import { setUpFixture } from "../../testing/permissions/fixture.ts";
import { undone } from "../../testing/permissions/undone.ts";
import { scopes } from "../permissions/permissions/permission.ts";
import { type PermissionName, permissions } from "../permissions/permissions.ts";
import { covers } from "../permissions/permit.ts";
import { roles } from "./constants.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const admin = await newWorkspace(db);
const fixture = await setUpFixture(admin, "confidential");

/** Returns whether the call is permitted for this actor. Its success does not matter; rethrows bugs. */
async function outcome(name: PermissionName, actor: Partial<Actor>): Promise<"forbidden" | "allowed"> {
  const ctx: Context = { db, actor: { ...admin.actor, ...actor } };
  try {
    await undone(ctx, async (ctx) => everyCall[name](ctx, fixture));
    return "allowed";
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.code === "forbidden" ? "forbidden" : "allowed";
  }
}

const names = Object.keys(permissions) as PermissionName[];

test.each(names)("forbids %s exactly to lower roles and to tokens without its scope", async (name) => {
  const { role: needed, scope } = permissions[name];
  const asRole = (role: Role) => outcome(name, { role });
  const found = Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await asRole(role)])));
  const isEnough = (role: Role) => roles.indexOf(role) >= roles.indexOf(needed);
  expect(found).toEqual(Object.fromEntries(roles.map((role) => [role, isEnough(role) ? "allowed" : "forbidden"])));
  const others = scopes.filter((each) => !covers([each], scope));
  expect(await outcome(name, { role: "admin", scopes: others })).toBe("forbidden");
  expect(await outcome(name, { role: needed, scopes: [scope] })).toBe("allowed");
  if (covers(["read"], scope)) expect(await outcome(name, { role: needed, scopes: ["read"] })).toBe("allowed");
});
