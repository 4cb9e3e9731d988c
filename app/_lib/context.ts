import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { decode } from "next-auth/jwt";
import { cache } from "react";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { contextOfSession, sessionCookieName } from "#server/platform/identity/sign-in/session.ts";
import { workspaceCookieName } from "#server/platform/identity/workspaces/workspace-cookie.ts";
import { getRuntime, type Runtime } from "#server/roles/runtime.ts";

/** The long-lived things of the web process, for pages that need more than a context: addresses, the artifact store. */
export function runtime(): Runtime {
  return getRuntime();
}

/** The context of who is signed in, once per request; undefined when nobody is. */
export const currentContext = cache(async (): Promise<Context | undefined> => {
  // Cookies first: they tell the build that a page of a person is never made ahead, when there is no runtime.
  const jar = await cookies();
  const { db, config, sessionSecret } = getRuntime();
  const cookie = jar.get(sessionCookieName(config.publicUrl))?.value;
  if (!cookie) return undefined;
  const claims = await decode({ token: cookie, secret: sessionSecret }).catch(() => null);
  const remembered = jar.get(workspaceCookieName)?.value;
  return contextOfSession(db, claims, { address: await callerAddress(), remembered }).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "unauthenticated") return undefined;
    throw error;
  });
});

/** The context of who is signed in; sends everybody else to sign-in, and from there back to this page. */
export async function requireContext(): Promise<Context> {
  return (await currentContext()) ?? redirect(`/login?callbackUrl=${encodeURIComponent(await requestedPath())}`);
}

/** Network address of who asks, as the web role determined it. */
export async function callerAddress(): Promise<string> {
  return (await headers()).get("x-forwarded-for") ?? "unknown";
}

async function requestedPath(): Promise<string> {
  const url = new URL((await headers()).get("x-leeway-path") ?? "/", "http://leeway");
  url.searchParams.delete("_rsc");
  return url.pathname + url.search;
}
