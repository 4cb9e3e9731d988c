import type { FastifyRequest } from "fastify";
import { decode } from "next-auth/jwt";
import type { Database } from "#db/client.ts";
import type { Config } from "#server/config.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { contextOfPassword } from "#server/identity/sign-in/identify-password.ts";
import { contextOfSession, sessionCookieName } from "#server/identity/sign-in/session.ts";
import { contextOfToken } from "#server/identity/tokens/identify-token.ts";
import { tokenMark } from "#server/identity/tokens/secret.ts";

export interface AuthDependencies {
  db: Database;
  config: Pick<Config, "publicUrl">;
  sessionSecret: string;
}

const howTo = "Send an API token as Authorization: Bearer lw_…, made under Settings, Tokens.";

/**
 * Who sends a request: Bearer with an API token; Basic with a token as the password (any user name) or with email and
 * password; else the cookie of a signed-in browser, for reading only, so that no other site can make it write.
 * @throws DomainError "unauthenticated", "forbidden", "rate-limited", "unavailable"
 */
export async function authenticateRequest(request: FastifyRequest, deps: AuthDependencies): Promise<Context> {
  const { authorization } = request.headers;
  if (authorization === undefined) return contextOfCookie(request, deps);
  const [scheme = "", credentials = ""] = authorization.trim().split(/\s+/);
  if (/^bearer$/i.test(scheme) && credentials) return contextOfToken(deps.db, credentials, request.ip);
  if (/^basic$/i.test(scheme)) return contextOfBasic(credentials, request.ip, deps.db);
  throw new DomainError("unauthenticated", `This kind of Authorization is not understood. ${howTo}`);
}

async function contextOfBasic(credentials: string, address: string, db: Database): Promise<Context> {
  const text = Buffer.from(credentials, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const [email, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (password.startsWith(tokenMark)) return contextOfToken(db, password, address);
  if (colon < 1 || !password || text.length > 1_000) {
    throw new DomainError("unauthenticated", `Basic authorization needs an email and a password, or a token. ${howTo}`);
  }
  return contextOfPassword(db, { email, password, address });
}

async function contextOfCookie(request: FastifyRequest, deps: AuthDependencies): Promise<Context> {
  const cookie = cookieOf(request, sessionCookieName(deps.config.publicUrl));
  if (!cookie) throw new DomainError("unauthenticated", `You are not signed in. ${howTo}`);
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new DomainError("unauthenticated", `A signed-in browser may only read here. ${howTo}`);
  }
  const claims = await decode({ token: cookie, secret: deps.sessionSecret }).catch(() => null);
  return contextOfSession(deps.db, claims, request.ip);
}

function cookieOf(request: FastifyRequest, name: string): string | undefined {
  const pairs = request.headers.cookie?.split(";") ?? [];
  return pairs
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
