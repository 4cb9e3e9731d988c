import { caller, runtime } from "#app/_lib/context.ts";
import { acceptedCookie, acceptedSeconds } from "#components/platform/identity/destination.ts";

interface Address {
  params: Promise<{ invitation: string }>;
}

/**
 * Notes in this browser that its user accepts the invitation by the company sign-in that follows. Only our own page may, so that no other
 * site makes anyone a member.
 */
export async function POST(request: Request, { params }: Address): Promise<Response> {
  if (request.headers.get("origin") !== new URL(runtime().config.publicUrl).origin) {
    return new Response("Accept the invitation on its own page.", { status: 403 });
  }
  await caller.setCookie(acceptedCookie, (await params).invitation.slice(0, 100), acceptedSeconds);
  return new Response(null, { status: 204 });
}
