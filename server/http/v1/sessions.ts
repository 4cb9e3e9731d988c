import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/platform/identity/contract.ts";
import { listSessions } from "#server/platform/identity/sessions/queries.ts";
import { revokeOtherSessions } from "#server/platform/identity/sessions/revoke-other-sessions.ts";
import { revokeSession } from "#server/platform/identity/sessions/revoke-session.ts";
import { revokeSessionsOfUser } from "#server/platform/identity/sessions/revoke-sessions-of-user.ts";
import { route } from "./route.ts";

const { EndedSessions } = contract;
const Reason = z.object({ reason: contract.RevokeSessionsOfUser.shape.reason });

/** Registers the routes for the caller's sessions, and for those of another person. */
export function sessions(app: FastifyInstance): void {
  const list = { summary: "List your sessions, last used first" };
  const response = z.object({ sessions: z.array(contract.Session) });
  route(app, { method: "GET", path: "/sessions", ...list, response }, async ({ ctx }) => ({
    sessions: await listSessions(ctx),
  }));
  const revoke = { summary: "Revoke one of your sessions", params: z.object({ session: z.uuid() }) };
  route(app, { method: "DELETE", path: "/sessions/:session", ...revoke }, ({ ctx, params }) =>
    revokeSession(ctx, { sessionId: params.session }),
  );
  const others = { summary: "Revoke all your sessions but the current one", response: EndedSessions };
  route(app, { method: "DELETE", path: "/sessions", ...others }, ({ ctx }) => revokeOtherSessions(ctx));
  const ofAccount = {
    summary: "End all sessions of an account; requires an admin of the first workspace",
    params: z.object({ account: z.uuid() }),
    query: Reason,
    response: EndedSessions,
  };
  route(app, { method: "DELETE", path: "/installation/accounts/:account/sessions", ...ofAccount }, (call) =>
    revokeSessionsOfUser(call.ctx, { userId: call.params.account, ...call.query }),
  );
}
