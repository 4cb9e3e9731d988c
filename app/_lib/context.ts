import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { decode } from "next-auth/jwt";
import { cache } from "react";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { contextOfSession, isSecure, sessionCookieName } from "#server/platform/identity/sign-in/session.ts";
import { workspaceCookieName } from "#server/platform/identity/workspaces/workspace-cookie.ts";
import { getRuntime, type Runtime } from "#server/roles/runtime.ts";
import type { Caller } from "./auth.ts";

/** Returns the long-lived objects of the web process, for pages that need more than a context: addresses, the artifact store. */
export function runtime(): Runtime {
  return getRuntime();
}

/** Returns the context of the signed-in user, once per request; undefined when there is none. */
export const currentContext = cache(async (): Promise<Context | undefined> => {
  // Reading cookies first tells the build not to prerender pages of a user, when there is no runtime.
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

/**
 * Returns the context of the signed-in user; redirects others to the sign-in page, and users who must first change an initial password to
 * the page for that. Both lead back to this page.
 */
export async function requireContext(): Promise<Context> {
  const ctx = await requireSession();
  if (ctx.actor.mustChangePassword) redirect(await throughPage("/login/password"));
  return ctx;
}

/** Returns the context of the signed-in user, who may have to change an initial password first; permit() allows them nothing else. */
export async function requireSession(): Promise<Context> {
  return (await currentContext()) ?? redirect(await throughPage("/login"));
}

/** Returns the caller's network address as determined by the web role. */
export async function callerAddress(): Promise<string> {
  return (await headers()).get("x-forwarded-for") ?? "unknown";
}

/** Returns the address of a page that leads back to the requested one. */
async function throughPage(page: string): Promise<string> {
  return `${page}?callbackUrl=${encodeURIComponent(await requestedPath())}`;
}

async function requestedPath(): Promise<string> {
  const url = new URL((await headers()).get("x-leeway-path") ?? "/", "http://leeway");
  url.searchParams.delete("_rsc");
  return url.pathname + url.search;
}

/** Returns the browser behind the current request, for sign-in. */
export const caller: Caller = {
  address: callerAddress,
  agent: async () => (await headers()).get("user-agent"),
  cookie: async (name) => (await cookies()).get(name)?.value,
  setCookie: async (name, value, seconds) => {
    const secure = isSecure(getRuntime().config.publicUrl);
    (await cookies()).set({ name, value, maxAge: seconds, httpOnly: true, sameSite: "lax", path: "/", secure });
  },
};
