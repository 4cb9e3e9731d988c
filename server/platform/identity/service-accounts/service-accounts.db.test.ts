import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, users } from "#db/schema/index.ts";
import { createWorkspace } from "#server/admin/workspaces/workspaces/create-workspace.ts";
import type { Context } from "#server/base/context.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { setModelOwner } from "#server/develop/registry/models/set-model-owner.ts";
import type { Scope } from "#server/platform/permissions/permissions/permission.ts";
import { findPeople } from "#server/platform/teams/people/find-people.ts";
import { findAdmins } from "#server/respond/oncall/escalation/find-admins.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { changeRole } from "../memberships/change-role.ts";
import { createSession } from "../sessions/create-session.ts";
import { createToken } from "../tokens/create-token.ts";
import { contextOfToken } from "../tokens/identify-token.ts";
import { createUser } from "../users/create-user.ts";
import { listUsers } from "../users/queries.ts";
import { resetPassword } from "../users/reset-password.ts";
import { createServiceAccount } from "./create-service-account.ts";
import { disableServiceAccount } from "./disable-service-account.ts";
import { listServiceAccounts } from "./queries.ts";

const robot = { name: "CI", role: "admin" } as const;

/** Creates a token for a service account. @returns the context in which it acts, and its secret */
async function tokenOf(ctx: Context, ownerId: string, ...scopes: Scope[]) {
  const { secret } = await createToken(ctx, { name: "pipeline", scopes, ownerId });
  return { secret, acting: await contextOfToken(Object.create(ctx.db) as Context["db"], secret) };
}

test(
  "acts with its role by tokens that admins create for it",
  inWorkspace(async (ctx) => {
    const account = await createServiceAccount(ctx, robot);
    const { acting } = await tokenOf(ctx, account.id, "read", "registry");
    expect(acting.actor).toMatchObject({ kind: "token", name: "CI (pipeline)", role: "admin", isServiceAccount: true });
    expect(await listServiceAccounts(ctx)).toMatchObject([{ ...robot, activeTokens: 1, disabledAt: null }]);
    const [entry] = await ctx.db.select().from(auditEvents).where(eq(auditEvents.action, "service-account.created"));
    expect(entry).toMatchObject({ subject: `service-account/${account.id}`, after: robot });
  }),
);

test(
  "has no password, session or email address with which anyone could sign in",
  inWorkspace(async (ctx) => {
    const { id } = await createServiceAccount(ctx, robot);
    const [row] = await ctx.db.select().from(users).where(eq(users.id, id));
    expect(row).toMatchObject({ kind: "service", passwordHash: null, oidcSubject: null });
    expect(row?.email).not.toContain("@");
    const browser = { method: "password", address: null, userAgent: null } as const;
    const session = createSession(ctx.db, { userId: id, sessionVersion: 1, ...browser });
    await expect(session).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(resetPassword(ctx, { userId: id })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "is no person: not listed, not on call, not an owner, and not the admin who remains",
  inWorkspace(async (ctx) => {
    const { id } = await createServiceAccount(ctx, robot);
    expect((await listUsers(ctx, {})).users.map((user) => user.id)).toEqual([ctx.actor.id]);
    expect([...(await findPeople(ctx, [id, ctx.actor.id])).keys()]).toEqual([ctx.actor.id]);
    expect((await findAdmins(ctx)).map(({ userId }) => userId)).toEqual([ctx.actor.id]);
    await createRegisteredModel(ctx, { name: "churn" });
    await expect(setModelOwner(ctx, { name: "churn", ownerId: id })).rejects.toMatchObject({ code: "not-found" });
    expect(await setModelOwner(ctx, { name: "churn", ownerId: ctx.actor.id })).toMatchObject({ name: "churn" });
    const demotion = changeRole(ctx, { userId: ctx.actor.id, role: "viewer" });
    await expect(demotion).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "manages neither people, tokens of others nor workspaces, whatever its role and scopes",
  inWorkspace(async (ctx) => {
    const account = await createServiceAccount(ctx, robot);
    await expect(tokenOf(ctx, account.id, "users")).rejects.toMatchObject({ code: "forbidden" });
    const { acting } = await tokenOf(ctx, account.id, "settings", "users:read");
    const asIfGranted: Context = { ...acting, actor: { ...acting.actor, scopes: ["settings", "users"] } };
    const person = { email: "mallory@example.test", name: "Mallory", role: "admin" } as const;
    await expect(createUser(asIfGranted, person)).rejects.toMatchObject({ code: "forbidden" });
    const other = await createServiceAccount(ctx, robot);
    const token = createToken(asIfGranted, { name: "x", scopes: ["settings"], ownerId: other.id });
    await expect(token).rejects.toMatchObject({ code: "forbidden" });
    await expect(createServiceAccount(asIfGranted, robot)).rejects.toMatchObject({ code: "forbidden" });
    const workspace = createWorkspace(asIfGranted, { slug: "halyard", name: "Halyard" });
    await expect(workspace).rejects.toMatchObject({ code: "forbidden" });
    expect((await createToken(acting, { name: "own", scopes: ["settings"] })).token.ownerId).toBe(account.id);
  }),
);

test(
  "loses its tokens permanently when it is disabled",
  inWorkspace(async (ctx) => {
    const { id } = await createServiceAccount(ctx, robot);
    const { secret } = await tokenOf(ctx, id, "read");
    const disabled = await disableServiceAccount(ctx, { serviceAccountId: id, reason: "replaced" });
    expect(disabled).toMatchObject({ disabledAt: expect.any(Date), activeTokens: 0 });
    const later = contextOfToken(Object.create(ctx.db) as Context["db"], secret);
    await expect(later).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(disableServiceAccount(ctx, { serviceAccountId: id })).rejects.toMatchObject({ code: "conflict" });
    await expect(tokenOf(ctx, id, "read")).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "gets tokens only from admins of its workspace, and no person gets one from someone else",
  inWorkspace(async (ctx) => {
    const { id } = await createServiceAccount(ctx, robot);
    await expect(tokenOf(as(ctx, "operator"), id, "read")).rejects.toMatchObject({ code: "forbidden" });
    await expect(tokenOf(await newWorkspace(ctx.db), id, "read")).rejects.toMatchObject({ code: "not-found" });
    const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "viewer" });
    await expect(tokenOf(ctx, user.id, "read")).rejects.toMatchObject({ code: "not-found" });
  }),
);
