import type { FastifyRequest } from "fastify";
import { decode } from "next-auth/jwt";
import type { Database } from "#db/client.ts";
import type { Config } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { contextOfPassword } from "#server/platform/identity/sign-in/identify-password.ts";
import { contextOfSession, sessionCookieName } from "#server/platform/identity/sign-in/session.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { tokenMark } from "#server/platform/identity/tokens/secret.ts";
import { workspaceCookieName } from "#server/platform/identity/workspaces/workspace-cookie.ts";
import { chosenWorkspace } from "./workspace-address.ts";

export interface AuthDependencies {
  db: Database;
  config: Pick<Config, "publicUrl">;
  sessionSecret: string;
}

const howTo = "Send an API token as Authorization: Bearer lw_…. Create one under Settings, Tokens.";

/**
 * Authenticates the sender of a request: Bearer or Token with an API token; Basic with a token as the password (any user name) or with email and
 * password; else the cookie of a signed-in browser, for reading only, so that no other site can make it write.
 * In the workspace that the URL or the header names; else in the token's, the browser's, or the one the user joined first.
 * @param workspace slug, where something else in the request names it
 * @throws DomainError "unauthenticated", "forbidden", "rate-limited", "unavailable"; "not-found" for a workspace that is not theirs
 */
export async function authenticateRequest(
  request: FastifyRequest,
  deps: AuthDependencies,
  workspace = chosenWorkspace(request),
): Promise<Context> {
  const { authorization } = request.headers;
  if (authorization === undefined) return contextOfCookie(request, deps, workspace);
  const [scheme = "", credentials = ""] = authorization.trim().split(/\s+/);
  const caller = { address: request.ip, workspace };
  // Clients of Label Studio call the scheme Token.
  const isToken = /^(?:bearer|token)$/i.test(scheme);
  if (isToken && !credentials) {
    throw new DomainError(
      "unauthenticated",
      `The Authorization header contains no token after ${scheme}. Is the variable that holds it set? ${howTo}`,
    );
  }
  if (isToken) return contextOfToken(deps.db, credentials, caller);
  if (/^basic$/i.test(scheme)) return contextOfBasic(credentials, caller, deps.db);
  throw new DomainError("unauthenticated", `Unsupported Authorization scheme. ${howTo}`);
}

interface Caller {
  address: string;
  workspace: string | undefined;
}

async function contextOfBasic(credentials: string, caller: Caller, db: Database): Promise<Context> {
  const text = Buffer.from(credentials, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const [email, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (password.startsWith(tokenMark)) return contextOfToken(db, password, caller);
  if (colon < 1 || !password || text.length > 1_000) {
    throw new DomainError(
      "unauthenticated",
      `Basic authentication requires an email and a password, or a token. ${howTo}`,
    );
  }
  return contextOfPassword(db, { email, password, address: caller.address }, caller.workspace);
}

async function contextOfCookie(
  request: FastifyRequest,
  deps: AuthDependencies,
  workspace: string | undefined,
): Promise<Context> {
  const cookie = cookieOf(request, sessionCookieName(deps.config.publicUrl));
  if (!cookie) throw new DomainError("unauthenticated", `Not authenticated. ${howTo}`);
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new DomainError("unauthenticated", `Browser sessions are read-only for this API. ${howTo}`);
  }
  const claims = await decode({ token: cookie, secret: deps.sessionSecret }).catch(() => null);
  const remembered = cookieOf(request, workspaceCookieName);
  return contextOfSession(deps.db, claims, { address: request.ip, workspace, remembered });
}

function cookieOf(request: FastifyRequest, name: string): string | undefined {
  const pairs = request.headers.cookie?.split(";") ?? [];
  return pairs
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
