import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/platform/identity/contract.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { renameWorkspace } from "#server/platform/identity/rename-workspace.ts";
import { resetSecondFactor } from "#server/platform/identity/second-factor/reset-second-factor.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { getToken, listTokens } from "#server/platform/identity/tokens/queries.ts";
import { revokeToken } from "#server/platform/identity/tokens/revoke-token.ts";
import { changePassword } from "#server/platform/identity/users/change-password.ts";
import { changeRole } from "#server/platform/identity/users/change-role.ts";
import { createUser } from "#server/platform/identity/users/create-user.ts";
import { disableUser } from "#server/platform/identity/users/disable-user.ts";
import { enableUser } from "#server/platform/identity/users/enable-user.ts";
import { getUser, listUsers } from "#server/platform/identity/users/queries.ts";
import { resetPassword } from "#server/platform/identity/users/reset-password.ts";
import { setWorkspaceTimeZone } from "#server/platform/identity/workspaces/set-workspace-time-zone.ts";
import { route } from "./route.ts";

const { User, NewUser, Token, NewToken, Viewer } = contract;
const UserPath = z.object({ user: z.uuid() });
const TokenPath = z.object({ token: z.uuid() });
const Reason = z.object({ reason: contract.DisableUser.shape.reason });

/** Registers the routes for the caller, users, tokens and the workspace's name. */
export function identity(app: FastifyInstance): void {
  me(app);
  people(app);
  tokens(app);
}

function me(app: FastifyInstance): void {
  route(app, { method: "GET", path: "/viewer", summary: "Get the caller's identity", response: Viewer }, ({ ctx }) =>
    getViewer(ctx),
  );
  route(
    app,
    { method: "PUT", path: "/viewer/password", summary: "Change your own password", body: contract.ChangePassword },
    ({ ctx, body }) => changePassword(ctx, body),
  );
  const name = contract.RenameWorkspace;
  route(
    app,
    { method: "PUT", path: "/workspace/name", summary: "Rename the workspace", body: name, response: name },
    ({ ctx, body }) => renameWorkspace(ctx, body),
  );
  const zone = contract.SetWorkspaceTimeZone;
  const set = { summary: "Set the workspace time zone", body: zone, response: zone };
  route(app, { method: "PUT", path: "/workspace/time-zone", ...set }, ({ ctx, body }) =>
    setWorkspaceTimeZone(ctx, body),
  );
}

function people(app: FastifyInstance): void {
  const Users = z.object({ users: z.array(User), next: z.string().optional() });
  route(
    app,
    { method: "GET", path: "/users", summary: "List people by email", query: contract.ListUsers, response: Users },
    ({ ctx, query }) => listUsers(ctx, query),
  );
  const create = { summary: "Add a person; the initial password is returned only once", body: contract.CreateUser };
  route(app, { method: "POST", path: "/users", ...create, response: NewUser, status: 201 }, ({ ctx, body }) =>
    createUser(ctx, body),
  );
  const one = { params: UserPath, response: User };
  route(app, { method: "GET", path: "/users/:user", summary: "Get a person", ...one }, ({ ctx, params }) =>
    getUser(ctx, params.user),
  );
  const role = { summary: "Change a person's role", body: contract.ChangeRole.omit({ userId: true }) };
  route(app, { method: "PUT", path: "/users/:user/role", ...role, ...one }, ({ ctx, params, body }) =>
    changeRole(ctx, { userId: params.user, ...body }),
  );
  const disable = { summary: "Disable a person; ends their sessions and revokes their tokens", body: Reason };
  route(app, { method: "PUT", path: "/users/:user/disablement", ...disable, ...one }, ({ ctx, params, body }) =>
    disableUser(ctx, { userId: params.user, ...body }),
  );
  const enable = { summary: "Enable a disabled person" };
  route(app, { method: "DELETE", path: "/users/:user/disablement", ...enable, ...one }, ({ ctx, params }) =>
    enableUser(ctx, { userId: params.user }),
  );
  const factor = { summary: "Remove a person's authenticator app", params: UserPath };
  route(app, { method: "DELETE", path: "/users/:user/second-factor", ...factor }, ({ ctx, params }) =>
    resetSecondFactor(ctx, { userId: params.user }),
  );
  const reset = { summary: "Reset a password; the new one is returned only once", params: UserPath, response: NewUser };
  route(app, { method: "POST", path: "/users/:user/password-reset", ...reset }, ({ ctx, params }) =>
    resetPassword(ctx, { userId: params.user }),
  );
}

function tokens(app: FastifyInstance): void {
  const Tokens = z.object({ tokens: z.array(Token), next: z.string().optional() });
  const list = { summary: "List your tokens, newest first; admins see all" };
  route(
    app,
    { method: "GET", path: "/tokens", ...list, query: contract.ListTokens, response: Tokens },
    ({ ctx, query }) => listTokens(ctx, query),
  );
  const create = { summary: "Create a token; its value is returned only once", body: contract.CreateToken };
  route(app, { method: "POST", path: "/tokens", ...create, response: NewToken, status: 201 }, ({ ctx, body }) =>
    createToken(ctx, body),
  );
  const one = { params: TokenPath, response: Token };
  route(app, { method: "GET", path: "/tokens/:token", summary: "Get a token", ...one }, ({ ctx, params }) =>
    getToken(ctx, params.token),
  );
  const revoke = { summary: "Revoke a token", query: Reason };
  route(app, { method: "DELETE", path: "/tokens/:token", ...revoke, ...one }, ({ ctx, params, query }) =>
    revokeToken(ctx, { tokenId: params.token, ...query }),
  );
}
