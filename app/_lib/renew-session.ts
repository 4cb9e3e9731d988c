import { cookies } from "next/headers";
import { encode } from "next-auth/jwt";
import { sessionSeconds } from "#server/platform/identity/sessions/create-session.ts";
import { isSecure, type SessionClaims, sessionCookieName } from "#server/platform/identity/sign-in/session.ts";
import { runtime } from "./context.ts";

/** Gives this browser the cookie of a session, which replaces the one that it had. @param session the secret of the session. */
export async function renewSession(session: string): Promise<void> {
  const { config, sessionSecret } = runtime();
  const token = { session } satisfies SessionClaims;
  (await cookies()).set({
    name: sessionCookieName(config.publicUrl),
    value: await encode({ token, secret: sessionSecret, maxAge: sessionSeconds }),
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: isSecure(config.publicUrl),
    maxAge: sessionSeconds,
  });
}
