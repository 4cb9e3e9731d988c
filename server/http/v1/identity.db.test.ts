import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { authenticateRequest } from "#server/http/auth.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import type { Scope } from "#server/platform/permissions/permissions/permission.ts";
import { inWorkspace, newMember, newWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

/** Returns a client of the REST API with a token of the given scopes. */
async function tokenClientOf(ctx: Context, scopes: Scope[]) {
  const known = {
    db: ctx.db,
    sessionSecret: "x".repeat(32),
    config: { publicUrl: "http://leeway.test", notifications: { publicUrl: "http://leeway.test", rules: {} } },
  };
  const authenticate: WebDependencies["authenticate"] = (request) => authenticateRequest(request, known);
  const { secret } = await createToken(ctx, { name: "client", scopes });
  const call = await clientOf(ctx, { ...known, authenticate });
  return (method: "GET" | "POST" | "PUT" | "DELETE", path: string, payload?: object) =>
    call(method, path, payload, { authorization: `Bearer ${secret}` });
}

test(
  "adds, changes, disables and enables a user, and resets the password",
  inWorkspace(async (ctx) => {
    const call = await tokenClientOf(ctx, ["users"]);
    const added = await call("POST", "/users", { email: "ines@example.test", name: "Ines", role: "viewer" });
    expect(added).toMatchObject({ status: 201, body: { user: { role: "viewer" }, password: expect.any(String) } });
    const path = `/users/${added.body.user.id}`;
    expect((await call("PUT", `${path}/role`, { role: "operator" })).body.role).toBe("operator");
    expect((await call("PUT", `${path}/disablement`, { reason: "left" })).body.disabledAt).toMatch(/^\d{4}-/);
    expect((await call("DELETE", `${path}/disablement`)).body.disabledAt).toBeNull();
    expect((await call("POST", `${path}/password-reset`)).body.password).not.toBe(added.body.password);
    expect((await call("GET", path)).body).not.toHaveProperty("passwordHash");
    expect((await call("GET", "/users?limit=1")).body).toMatchObject({ users: [{}], next: "ines@example.test" });
    expect((await call("POST", "/users", { email: "ines@example.test", name: "I", role: "viewer" })).status).toBe(409);
  }),
);

test(
  "invites a person, lists, resends and revokes the invitation, and removes a member",
  inWorkspace(async (ctx) => {
    const call = await tokenClientOf(ctx, ["users"]);
    const made = await call("POST", "/invitations", { email: "cfo@example.test", role: "viewer" });
    const link = /^http:\/\/leeway\.test\/invitations\/invite_[0-9a-f]{40}$/;
    expect(made).toMatchObject({
      status: 201,
      body: { invitation: { mail: null }, link: expect.stringMatching(link) },
    });
    const path = `/invitations/${made.body.invitation.id}`;
    expect((await call("POST", `${path}/mails`)).body.link).not.toBe(made.body.link);
    const listed = (await call("GET", "/invitations")).body;
    expect(listed).toEqual({ invitations: [expect.objectContaining({ email: "cfo@example.test", role: "viewer" })] });
    expect(JSON.stringify(listed)).not.toMatch(/invite_|secretHash/);
    expect((await call("DELETE", path)).status).toBe(204);
    expect((await call("DELETE", path)).status).toBe(404);
    const member = await newMember(ctx);
    expect((await call("DELETE", `/users/${member.actor.id}?reason=left`)).status).toBe(204);
    expect((await call("GET", `/users/${member.actor.id}`)).status).toBe(404);
  }),
);

test(
  "lists, disables and enables accounts of the installation",
  inWorkspace(async (ctx) => {
    const call = await tokenClientOf(ctx, ["users"]);
    const member = await newMember(await newWorkspace(ctx.db), "member", { email: "a@example.test" });
    const { accounts, next } = (await call("GET", "/installation/accounts?limit=1")).body;
    expect(next).toBe("a@example.test");
    expect(accounts).toMatchObject([{ id: member.actor.id, workspaces: [expect.stringMatching(/^test-/)] }]);
    const path = `/installation/accounts/${member.actor.id}`;
    expect((await call("PUT", `${path}/disablement`, { reason: "left" })).body.disabledAt).toMatch(/^\d{4}-/);
    expect((await call("GET", path)).body.disabledAt).toMatch(/^\d{4}-/);
    expect((await call("DELETE", `${path}/disablement`)).body.disabledAt).toBeNull();
  }),
);

test(
  "creates a token, lists it without its secret, and revokes it",
  inWorkspace(async (ctx) => {
    const call = await tokenClientOf(ctx, ["settings", "read"]);
    const made = await call("POST", "/tokens", { name: "CI", scopes: ["read"], expiresInDays: 7 });
    expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^lw_/) } });
    expect(JSON.stringify((await call("GET", "/tokens")).body)).not.toContain(made.body.secret);
    const path = `/tokens/${made.body.token.id}`;
    expect((await call("DELETE", `${path}?reason=leaked`)).body.revokedAt).toMatch(/^\d{4}-/);
    expect((await call("DELETE", path)).status).toBe(409);
    expect((await call("GET", "/tokens/not-an-id")).status).toBe(400);
  }),
);

test(
  "rejects a token without the scope, and returns its role and scopes",
  inWorkspace(async (ctx) => {
    const call = await tokenClientOf(ctx, ["read"]);
    expect(await call("GET", "/users")).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
    expect((await call("GET", "/viewer")).body).toMatchObject({ role: "admin", scopes: ["read"] });
  }),
);

test(
  "filters the audit log, and exports it as CSV",
  inWorkspace(async (ctx) => {
    const call = await tokenClientOf(ctx, ["settings", "read"]);
    await call("PUT", "/workspace/name", { name: "Halyard" });
    const { events } = (await call("GET", "/audit?q=action%20~%20workspace")).body;
    expect(events).toMatchObject([{ action: "workspace.renamed", actorKind: "token", after: { name: "Halyard" } }]);
    expect((await call("GET", `/audit/${events[0].id}`)).body).toEqual(events[0]);
    expect((await call("GET", "/audit?q=who%20%3D%20me")).status).toBe(400);
    const csv = await call("GET", "/audit.csv?q=action%20~%20workspace");
    expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8");
    expect(String(csv.body).split("\r\n")).toHaveLength(3);
    expect((await call("GET", "/audit.csv?q=nonsense")).status).toBe(400);
  }),
);
