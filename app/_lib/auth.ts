import type { AuthOptions, User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { ZodError } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { isSecure, newSession, sessionSeconds } from "#server/platform/identity/sign-in/session.ts";
import { signInWithOidc } from "#server/platform/identity/sign-in/sign-in-with-oidc.ts";
import { type SignedIn, verifySignIn } from "#server/platform/identity/sign-in/verify-sign-in.ts";
import { recordRefusedCompanySignIn } from "#server/platform/identity/sign-in-log/record-refused-sign-in.ts";
import { recordSignOut } from "#server/platform/identity/sign-in-log/record-sign-in.ts";
import type { Runtime } from "#server/roles/runtime.ts";
import { type CompanyClaims, companyProviderId, companySignIn, nameOf } from "./company-sign-in.ts";

/** Runtime dependencies of sign-in. */
export type AuthRuntime = Pick<Runtime, "db" | "config" | "sessionSecret">;

/** Signed-in user, as next-auth passes it from the check to the session. */
interface Arrival extends User {
  signedIn?: SignedIn;
}

/**
 * Returns the options of next-auth: email and password, company sign-in when configured, and sessions in a signed cookie that contains
 * only the user and the session version; everything else is read from the database at each request.
 * @param callerAddress network address of the current request.
 */
export function authOptions(runtime: AuthRuntime, callerAddress: () => Promise<string>): AuthOptions {
  const { db, config, sessionSecret } = runtime;
  // next-auth learns its own address from nowhere else.
  process.env.NEXTAUTH_URL = config.publicUrl;
  return {
    secret: sessionSecret,
    useSecureCookies: isSecure(config.publicUrl),
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/login", error: "/login" },
    providers: [passwordSignIn(runtime, callerAddress), ...(config.oidc ? [companySignIn(config.oidc)] : [])],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== companyProviderId) return true;
        const claims = profile as unknown as CompanyClaims;
        const rules = { defaultRole: config.oidc?.defaultRole, address: await callerAddress() };
        try {
          (user as Arrival).signedIn = await signInWithOidc(db, identityOf(claims), rules);
          return true;
        } catch (error) {
          const code = refusalCode(error);
          log.info("sign-in.refused", { code, subject: claims.sub });
          await recordRefusedCompanySignIn(db, { subject: claims.sub, address: rules.address, reason: code });
          return `/login?error=company-${code}`;
        }
      },
      jwt({ token, user }) {
        const arrived = (user as Arrival | undefined)?.signedIn;
        return arrived ? { ...newSession(arrived.userId, arrived.sessionVersion) } : token;
      },
    },
    events: {
      signOut: async ({ token }) => recordSignOut(db, token?.sub, await callerAddress()),
    },
    logger: {
      error: (code, metadata) => log.warn("sign-in.failed", { code, cause: metadata }),
      warn: () => {},
      debug: () => {},
    },
  };
}

function passwordSignIn({ db }: AuthRuntime, callerAddress: () => Promise<string>) {
  return CredentialsProvider({
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(credentials): Promise<Arrival> {
      const { email = "", password = "" } = credentials ?? {};
      try {
        const signedIn = await verifySignIn(db, { email, password, address: await callerAddress() });
        return { id: signedIn.userId, signedIn };
      } catch (error) {
        // The page reads code and wait from the message; next-auth carries nothing else.
        throw error instanceof DomainError ? new Error(signInError(error)) : error;
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

/** Formats the code of an error and the seconds to wait: "rate-limited:30". */
function signInError({ code, retryAfterSeconds }: DomainError): string {
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
