import { cookies } from "next/headers";
import type { NextRequest } from "next/server";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { isSecure } from "#server/platform/identity/sign-in/session.ts";
import { listOwnWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import { workspaceCookieName } from "#server/platform/identity/workspaces/workspace-cookie.ts";

interface Address {
  params: Promise<{ workspace: string }>;
}

/**
 * Handles the URL of a page in a given workspace, as copied from links: the browser enters the workspace and is redirected to the page.
 * Users without access to it see their own workspaces.
 */
export async function GET(request: NextRequest, { params }: Address): Promise<Response> {
  const slug = (await params).workspace;
  const own = await listOwnWorkspaces(await requireContext());
  if (!own.some((workspace) => workspace.slug === slug)) {
    return goTo(`/settings/workspaces?absent=${encodeURIComponent(slug)}`);
  }
  // It grants no access: membership is checked in the database at each request.
  (await cookies()).set(workspaceCookieName, slug, {
    sameSite: "lax",
    path: "/",
    httpOnly: true,
    secure: isSecure(runtime().config.publicUrl),
  });
  const { pathname, search } = request.nextUrl;
  const path = pathname.replace(/^\/+w\/[^/]+\/*/, "/");
  return goTo((path === "/" ? "/overview" : path) + search);
}

/** Redirects to a path. Response.redirect would need our own absolute address as the browser sees it. */
function goTo(location: string): Response {
  return new Response(null, { status: 307, headers: { location, "cache-control": "no-store" } });
}
