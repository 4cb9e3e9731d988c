"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type {
  ChangeRole,
  CreateUser,
  DisableUser,
  EnableUser,
  ResetPassword,
  RevokeSessionsOfUser,
} from "#server/platform/identity/contract.ts";
import { revokeSessionsOfUser } from "#server/platform/identity/sessions/revoke-sessions-of-user.ts";
import { changeRole } from "#server/platform/identity/users/change-role.ts";
import { createUser } from "#server/platform/identity/users/create-user.ts";
import { disableUser } from "#server/platform/identity/users/disable-user.ts";
import { enableUser } from "#server/platform/identity/users/enable-user.ts";
import { resetPassword } from "#server/platform/identity/users/reset-password.ts";

const page = "/settings/people";

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

export async function disableUserAction(input: DisableUser) {
  const state = await act((ctx) => disableUser(ctx, input));
  revalidatePath(page);
  return state;
}

export async function enableUserAction(input: EnableUser) {
  const state = await act((ctx) => enableUser(ctx, input));
  revalidatePath(page);
  return state;
}

export async function resetPasswordAction(input: ResetPassword) {
  const state = await act((ctx) => resetPassword(ctx, input));
  revalidatePath(page);
  return state;
}

export async function revokeSessionsOfUserAction(input: RevokeSessionsOfUser) {
  const state = await act((ctx) => revokeSessionsOfUser(ctx, input));
  revalidatePath(page);
  return state;
}
