import type { AuthOptions, User } from "next-auth";
import { decode } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import { ZodError } from "zod";
import { acceptedCookie } from "#components/platform/identity/destination.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { passwordProblems } from "#server/platform/identity/constants.ts";
import { createSession, sessionSeconds } from "#server/platform/identity/sessions/create-session.ts";
import { signOut } from "#server/platform/identity/sessions/sign-out.ts";
import {
  browserCookieName,
  browserSeconds,
  rememberBrowser,
} from "#server/platform/identity/sign-in/known-browsers.ts";
import { linkCompanyAccount } from "#server/platform/identity/sign-in/link-company-account.ts";
import { contextOfSession, isSecure, sessionCookieName } from "#server/platform/identity/sign-in/session.ts";
import { signInWithInvitation } from "#server/platform/identity/sign-in/sign-in-with-invitation.ts";
import { signInWithOidc } from "#server/platform/identity/sign-in/sign-in-with-oidc.ts";
import { signInWithPassword } from "#server/platform/identity/sign-in/sign-in-with-password.ts";
import type { SignedIn } from "#server/platform/identity/sign-in/verify-sign-in.ts";
import { recordRefusedCompanySignIn } from "#server/platform/identity/sign-in-log/record-refused-sign-in.ts";
import type { Runtime } from "#server/roles/runtime.ts";
import { type CompanyClaims, companyProviderId, companySignIn, nameOf } from "./company-sign-in.ts";

/** Runtime dependencies of sign-in. */
export type AuthRuntime = Pick<Runtime, "db" | "config" | "sessionSecret">;

/** The browser behind the current request. */
export interface Caller {
  /** Network address. */
  address(): Promise<string>;
  /** User-Agent header; null without one. */
  agent(): Promise<string | null>;
  cookie(name: string): Promise<string | undefined>;
  /** @param seconds lifetime */
  setCookie(name: string, value: string, seconds: number): Promise<void>;
}

/** Signed-in user, as next-auth passes it from the check to the session. */
interface Arrival extends User {
  signedIn?: SignedIn;
}

/**
 * Returns the options of next-auth: email and password, company sign-in when configured, and an encrypted cookie that contains only the
 * secret of a session; everything else is read from the database at each request.
 */
export function authOptions(runtime: AuthRuntime, caller: Caller): AuthOptions {
  const { db, config, sessionSecret } = runtime;
  // next-auth learns its own address from nowhere else.
  process.env.NEXTAUTH_URL = config.publicUrl;
  return {
    secret: sessionSecret,
    useSecureCookies: isSecure(config.publicUrl),
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/login", error: "/login" },
    providers: [passwordSignIn(runtime, caller), ...(config.oidc ? [companySignIn(config.oidc)] : [])],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== companyProviderId) return true;
        return arriveFromCompany(runtime, caller, user, profile as unknown as CompanyClaims);
      },
      async jwt({ token, user, account }) {
        const arrived = (user as Arrival | undefined)?.signedIn;
        if (!arrived) return token;
        const { userId, sessionVersion } = arrived;
        const method = account?.provider === companyProviderId ? "oidc" : "password";
        const browser = { address: await caller.address(), userAgent: await caller.agent() };
        return { session: await createSession(db, { userId, sessionVersion, method, ...browser }) };
      },
    },
    events: {
      async signOut({ token }) {
        await signOut(db, token, await caller.address());
      },
    },
    logger: {
      error: (code, metadata) => log.warn("sign-in.failed", { code, cause: metadata }),
      warn: () => {},
      debug: () => {},
    },
  };
}

/**
 * Settles a return from the identity provider: a link of the signed-in account, an accepted invitation, or a sign-in.
 * @returns true for a new session, otherwise the page to open.
 */
async function arriveFromCompany(
  runtime: AuthRuntime,
  caller: Caller,
  user: User,
  claims: CompanyClaims,
): Promise<boolean | string> {
  const { db, config } = runtime;
  const { isLink, accepts } = readIntent(await caller.cookie(destinationCookie(config.publicUrl)));
  // Other sites can choose the page that follows, but not set the cookie.
  const invitation = accepts !== undefined && accepts === (await caller.cookie(acceptedCookie)) ? accepts : undefined;
  const linking = isLink ? await sessionContext(runtime, caller) : undefined;
  const address = await caller.address();
  const back = linking ? "/settings/account" : invitation ? `/invitations/${invitation}` : "/login";
  try {
    if (linking) {
      await linkCompanyAccount(linking, identityOf(claims));
      return back;
    }
    const rules = { defaultRole: config.oidc?.defaultRole, address, invitation };
    const arrived = await signInWithOidc(db, identityOf(claims), rules);
    (user as Arrival).signedIn = arrived;
    await remember(runtime, caller, arrived.userId);
    return true;
  } catch (error) {
    const code = refusalCode(error);
    log.info("sign-in.refused", { code, subject: claims.sub });
    await recordRefusedCompanySignIn(db, { subject: claims.sub, address, reason: code });
    return `${back}?error=company-${code}`;
  }
}

/** Returns the name of the cookie in which next-auth stores the page that follows. */
function destinationCookie(publicUrl: string): string {
  return `${isSecure(publicUrl) ? "__Secure-" : ""}next-auth.callback-url`;
}

/** Reads from the page that follows what the browser left for: see linkDestination and acceptDestination. */
function readIntent(destination: string | undefined): { isLink: boolean; accepts: string | undefined } {
  const url = URL.parse(destination ?? "");
  const [area = "", secret = ""] = url?.pathname.split("/").slice(1) ?? [];
  const isAccepted = area === "invitations" && url?.searchParams.get("accept") === "company";
  return {
    isLink: url?.pathname === "/settings/account" && url.searchParams.get("link") === "company",
    accepts: isAccepted && /^\w{1,100}$/.test(secret) ? secret : undefined,
  };
}

/** Returns the context of the session in this browser, if there is one. */
async function sessionContext(
  { db, config, sessionSecret }: AuthRuntime,
  caller: Caller,
): Promise<Context | undefined> {
  const token = await caller.cookie(sessionCookieName(config.publicUrl));
  const claims = token && (await decode({ token, secret: sessionSecret }).catch(() => null));
  if (!claims) return undefined;
  return contextOfSession(db, claims, { address: await caller.address() }).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "unauthenticated") return undefined;
    throw error;
  });
}

/** Remembers the browser, so that failures from elsewhere do not delay it. */
async function remember({ db, config }: AuthRuntime, caller: Caller, userId: string): Promise<void> {
  const name = browserCookieName(config.publicUrl);
  await caller.setCookie(name, await rememberBrowser(db, userId, await caller.cookie(name)), browserSeconds);
}

function passwordSignIn(runtime: AuthRuntime, caller: Caller) {
  const { db, config } = runtime;
  return CredentialsProvider({
    credentials: { email: { type: "email" }, password: { type: "password" }, code: {}, invitation: {}, name: {} },
    async authorize(credentials): Promise<Arrival> {
      const { email = "", password = "", code, invitation = "", name = "" } = credentials ?? {};
      const address = await caller.address();
      const browser = (await caller.cookie(browserCookieName(config.publicUrl)))?.slice(0, 100);
      try {
        const signedIn = invitation
          ? await signInWithInvitation(db, { secret: invitation, password, code, name, address, browser })
          : await signInWithPassword(db, { email, password, code, address, browser });
        await remember(runtime, caller, signedIn.userId);
        return { id: signedIn.userId, signedIn };
      } catch (error) {
        // The page reads code and wait from the message; next-auth carries nothing else.
        throw error instanceof DomainError || error instanceof ZodError ? new Error(signInError(error)) : error;
      }
    },
  });
}

/** Claims that do not parse are the provider's fault, like a missing email. */
function refusalCode(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  if (error instanceof ZodError) return "invalid";
  throw error;
}

/** Formats the code of an error with the seconds to wait, "rate-limited:30", or what is wrong with a new password, "password:common". */
function signInError(error: DomainError | ZodError): string {
  if (error instanceof ZodError) return "invalid";
  const { code, field, retryAfterSeconds, message } = error;
  // A code of an authenticator app is missing or wrong.
  if (field === "code") return field;
  const problem = Object.entries(passwordProblems).find(([, text]) => text === message)?.[0];
  if (problem) return `password:${problem}`;
  return retryAfterSeconds === undefined ? code : `${code}:${retryAfterSeconds}`;
}

function identityOf(claims: CompanyClaims) {
  const name = nameOf(claims)?.slice(0, 100);
  return {
    issuer: claims.iss,
    subject: claims.sub,
    emailVerified: claims.email_verified === true || claims.email_verified === "true",
    ...(claims.email && { email: claims.email }),
    ...(name && { name }),
  };
}
