import { cookies } from "next/headers";
import { encode } from "next-auth/jwt";
import { isSecure, newSession, sessionCookieName, sessionSeconds } from "#server/platform/identity/sign-in/session.ts";
import { runtime } from "./context.ts";

/** Issues a session of the current version to this browser after its user has ended all other sessions. */
export async function renewSession(userId: string, sessionVersion: number): Promise<void> {
  const { config, sessionSecret } = runtime();
  const token = { ...newSession(userId, sessionVersion) };
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
