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
 * The address of a page in a certain workspace, as links are copied: the browser enters the workspace and goes on to the page.
 * Who may not enter it sees where they may.
 */
export async function GET(request: NextRequest, { params }: Address): Promise<Response> {
  const slug = (await params).workspace;
  const own = await listOwnWorkspaces(await requireContext());
  if (!own.some((workspace) => workspace.slug === slug)) {
    return goTo(`/settings/workspaces?absent=${encodeURIComponent(slug)}`);
  }
  // It opens nothing by itself: membership is asked of the database at each request.
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

/** Not by Response.redirect, which would need an address of ours from the point of view of the browser. */
function goTo(location: string): Response {
  return new Response(null, { status: 307, headers: { location, "cache-control": "no-store" } });
}
