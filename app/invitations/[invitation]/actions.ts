"use server";

import { act } from "#app/_lib/action.ts";
import type { AcceptInvitation } from "#server/platform/identity/contract.ts";
import { acceptInvitation } from "#server/platform/identity/invitations/accept-invitation.ts";

export async function acceptInvitationAction(input: AcceptInvitation) {
  return act((ctx) => acceptInvitation(ctx, input));
}
