"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { mailInvitations } from "#server/admin/invitations/mail-invitations.ts";
import type {
  ChangeRole,
  CreateInvitation,
  CreateUser,
  DisableMembership,
  EnableMembership,
  RemoveMembership,
  ResendInvitation,
  RevokeInvitation,
} from "#server/platform/identity/contract.ts";
import { createInvitation } from "#server/platform/identity/invitations/create-invitation.ts";
import { resendInvitation } from "#server/platform/identity/invitations/resend-invitation.ts";
import { revokeInvitation } from "#server/platform/identity/invitations/revoke-invitation.ts";
import { changeRole } from "#server/platform/identity/memberships/change-role.ts";
import { disableMembership } from "#server/platform/identity/memberships/disable-membership.ts";
import { enableMembership } from "#server/platform/identity/memberships/enable-membership.ts";
import { removeMembership } from "#server/platform/identity/memberships/remove-membership.ts";
import { createUser } from "#server/platform/identity/users/create-user.ts";

const page = "/settings/people";

export async function createInvitationAction(input: CreateInvitation) {
  const state = await act((ctx) => createInvitation(ctx, input, mailInvitations(runtime().config.notifications)));
  revalidatePath(page);
  return state;
}

export async function resendInvitationAction(input: ResendInvitation) {
  const state = await act((ctx) => resendInvitation(ctx, input, mailInvitations(runtime().config.notifications)));
  revalidatePath(page);
  return state;
}

export async function revokeInvitationAction(input: RevokeInvitation) {
  const state = await act((ctx) => revokeInvitation(ctx, input));
  revalidatePath(page);
  return state;
}

export async function createUserAction(input: CreateUser) {
  const state = await act((ctx) => createUser(ctx, input));
  revalidatePath(page);
  return state;
}

export async function changeRoleAction(input: ChangeRole) {
  const state = await act((ctx) => changeRole(ctx, input));
  revalidatePath(page);
  return state;
}

export async function disableMembershipAction(input: DisableMembership) {
  const state = await act((ctx) => disableMembership(ctx, input));
  revalidatePath(page);
  return state;
}

export async function enableMembershipAction(input: EnableMembership) {
  const state = await act((ctx) => enableMembership(ctx, input));
  revalidatePath(page);
  return state;
}

export async function removeMembershipAction(input: RemoveMembership) {
  const state = await act((ctx) => removeMembership(ctx, input));
  revalidatePath(page);
  return state;
}
