import { callerAddress, runtime } from "#app/_lib/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { declineInvitation } from "#server/platform/identity/invitations/decline-invitation.ts";

interface Address {
  params: Promise<{ invitation: string }>;
}

/** Declines an invitation. Its secret is the only credential: who is invited may not have an account. */
export async function POST(_request: Request, { params }: Address): Promise<Response> {
  const { invitation } = await params;
  try {
    await declineInvitation(runtime().db, { secret: invitation.slice(0, 100) }, await callerAddress());
    return new Response(null, { status: 204 });
  } catch (error) {
    if (error instanceof DomainError) return new Response(error.message, { status: 404 });
    throw error;
  }
}
