import { readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { apiTokens, users, workspaces } from "#db/schema/index.ts";
import { rolledBack } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import { disableMembership } from "./memberships/disable-membership.ts";
import { removeMembership } from "./memberships/remove-membership.ts";
import { createSession } from "./sessions/create-session.ts";
import { revokeOtherSessions } from "./sessions/revoke-other-sessions.ts";
import { revokeSessionsOfUser } from "./sessions/revoke-sessions-of-user.ts";
import { signOut } from "./sessions/sign-out.ts";
import { contextOfPassword } from "./sign-in/identify-password.ts";
import { hashPassword } from "./sign-in/password.ts";
import { contextOfSession } from "./sign-in/session.ts";
import { createToken } from "./tokens/create-token.ts";
import { contextOfToken } from "./tokens/identify-token.ts";
import { revokeToken } from "./tokens/revoke-token.ts";
import { changePassword } from "./users/change-password.ts";
import { disableUser } from "./users/disable-user.ts";
import { resetPassword } from "./users/reset-password.ts";
import { archiveWorkspace } from "./workspaces/archive-workspace.ts";

/** What is still valid after each event, as in docs/security.md. The password is the one from before, sent with each request. */
const table = `
| After                               | This session | Other sessions | A token | A token created with it | Password |
| ----------------------------------- | ------------ | -------------- | ------- | ----------------------- | -------- |
| Sign-out                            | ended        | valid          | valid   | valid                   | valid    |
| Revoking all other sessions         | valid        | ended          | valid   | valid                   | valid    |
| Ending sessions by an admin         | ended        | ended          | valid   | valid                   | valid    |
| Password change                     | replaced     | ended          | valid   | valid                   | ended    |
| Password change that revokes tokens | replaced     | ended          | ended   | ended                   | ended    |
| Password reset                      | ended        | ended          | valid   | valid                   | ended    |
| Password reset that revokes tokens  | ended        | ended          | ended   | ended                   | ended    |
| Account disabled                    | ended        | ended          | ended   | ended                   | ended    |
| Person disabled in the workspace    | ended        | ended          | ended   | ended                   | ended    |
| Person removed from the workspace   | ended        | ended          | ended   | ended                   | ended    |
| Workspace archived                  | ended        | ended          | ended   | ended                   | ended    |
| Token revoked                       | valid        | valid          | ended   | ended                   | valid    |
| Token expired                       | valid        | valid          | ended   | ended                   | valid    |
`;

type Event = (fixture: Fixture) => Promise<unknown>;

const newPassword = "the second dog watch";
const password = "seven bells of the first watch";

const events: Record<string, Event> = {
  "Sign-out": ({ ctx, cookie }) => signOut(ctx.db, cookie, "192.0.2.7"),
  "Revoking all other sessions": ({ ctx }) => revokeOtherSessions(ctx),
  "Ending sessions by an admin": ({ installation, userId }) => revokeSessionsOfUser(installation, { userId }),
  "Password change": ({ ctx }) => changePassword(ctx, { currentPassword: password, newPassword }),
  "Password change that revokes tokens": ({ ctx }) =>
    changePassword(ctx, { currentPassword: password, newPassword, revokeTokens: true }),
  "Password reset": ({ installation, userId }) => resetPassword(installation, { userId }),
  "Password reset that revokes tokens": ({ installation, userId }) =>
    resetPassword(installation, { userId, revokeTokens: true }),
  "Account disabled": ({ installation, userId }) => disableUser(installation, { userId }),
  "Person disabled in the workspace": ({ admin, userId }) => disableMembership(admin, { userId }),
  "Person removed from the workspace": ({ admin, userId }) => removeMembership(admin, { userId }),
  "Workspace archived": ({ admin }) => archiveWorkspace(admin, { reason: "over" }),
  "Token revoked": ({ ctx, token }) => revokeToken(ctx, { tokenId: token.token.id }),
  "Token expired": ({ ctx, token }) =>
    ctx.db
      .update(apiTokens)
      .set({ expiresAt: new Date(0) })
      .where(eq(apiTokens.id, token.token.id)),
};

/**
 * Creates a member with two sessions, a token, and a token created with that one.
 * @param installation context of an admin of the first workspace. @param admin context of the admin of the member's workspace, another one
 */
async function setUp(installation: Context, admin: Context) {
  const person = await newMember(admin, "member");
  const { db, actor } = person;
  const passwordHash = await hashPassword(password);
  const [user] = await db.update(users).set({ passwordHash }).where(eq(users.id, actor.id)).returning();
  if (!user) throw new Error("The user was not created.");
  const signIn = async () => {
    const browser = { method: "password", address: "192.0.2.7", userAgent: null } as const;
    return { session: await createSession(db, { userId: user.id, sessionVersion: 1, ...browser }) };
  };
  const [cookie, otherCookie] = [await signIn(), await signIn()];
  const ctx = await contextOfSession(db, cookie);
  const token = await createToken(ctx, { name: "a token", scopes: ["settings"] });
  const child = await createToken(await contextOfToken(db, token.secret), { name: "child", scopes: ["settings"] });
  return { installation, admin, ctx, userId: user.id, email: user.email, cookie, otherCookie, token, child };
}

type Fixture = Awaited<ReturnType<typeof setUp>>;

async function stateOf(lookUp: Promise<Context>): Promise<"valid" | "ended"> {
  return lookUp.then(
    () => "valid",
    (error: unknown) => {
      if (error instanceof DomainError && ["unauthenticated", "forbidden"].includes(error.code)) return "ended";
      throw error;
    },
  );
}

/** Returns the states in the order of the table. */
async function statesOf({ ctx, email, cookie, otherCookie, token, child }: Fixture, replacement: unknown) {
  // Look-ups are cached for some seconds per database object, so each asks through its own.
  const db = () => Object.create(ctx.db) as Context["db"];
  const session = await stateOf(contextOfSession(db(), cookie));
  const replaced = { session: (replacement as { sessionSecret?: string } | undefined)?.sessionSecret };
  return [
    replaced.session && session === "ended" ? await replacedState(contextOfSession(db(), replaced)) : session,
    await stateOf(contextOfSession(db(), otherCookie)),
    await stateOf(contextOfToken(db(), token.secret)),
    await stateOf(contextOfToken(db(), child.secret)),
    await stateOf(contextOfPassword(db(), { email, password, address: "192.0.2.7" })),
  ];
}

async function replacedState(lookUp: Promise<Context>): Promise<"replaced" | "ended"> {
  return (await stateOf(lookUp)) === "valid" ? "replaced" : "ended";
}

const rows = table
  .trim()
  .split("\n")
  .slice(2)
  .map((line) => {
    const [event = "", ...states] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    return [event, states] as const;
  });

test("has a row for each event", () => {
  expect(rows.map(([event]) => event)).toEqual(Object.keys(events));
});

test.each(rows)("after %s, exactly these are valid: %j", async (event, states) => {
  await rolledBack(async (db) => {
    const first = await newWorkspace(db);
    await db
      .update(workspaces)
      .set({ createdAt: new Date(0) })
      .where(eq(workspaces.id, first.actor.workspaceId));
    // The first workspace cannot be archived.
    const fixture = await setUp(first, await newWorkspace(db));
    expect(await statesOf(fixture, undefined)).toEqual(["valid", "valid", "valid", "valid", "valid"]);
    const result = await events[event]?.(fixture);
    expect(await statesOf(fixture, result)).toEqual(states);
  });
});

test("is the table of the documentation", () => {
  const guide = readFileSync(new URL("../../../docs/security.md", import.meta.url), "utf8");
  expect(guide).toContain(table.trim());
});
