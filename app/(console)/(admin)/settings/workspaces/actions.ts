"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { createWorkspace } from "#server/admin/workspaces/workspaces/create-workspace.ts";
import type {
  CreateWorkspace,
  DisableUser,
  EnableUser,
  ResetPassword,
  RestoreWorkspace,
  RevokeSessionsOfUser,
} from "#server/platform/identity/contract.ts";
import type { ResetSecondFactor } from "#server/platform/identity/second-factor/contract.ts";
import { resetSecondFactor } from "#server/platform/identity/second-factor/reset-second-factor.ts";
import { revokeSessionsOfUser } from "#server/platform/identity/sessions/revoke-sessions-of-user.ts";
import { disableUser } from "#server/platform/identity/users/disable-user.ts";
import { enableUser } from "#server/platform/identity/users/enable-user.ts";
import { resetPassword } from "#server/platform/identity/users/reset-password.ts";
import { restoreWorkspace } from "#server/platform/identity/workspaces/restore-workspace.ts";

/** Creates a workspace. The page then opens the new workspace, which reloads everything. */
export async function createWorkspaceAction(input: CreateWorkspace) {
  return act((ctx) => createWorkspace(ctx, input));
}

export async function restoreWorkspaceAction(input: RestoreWorkspace) {
  const state = await act((ctx) => restoreWorkspace(ctx, input));
  revalidatePath("/", "layout");
  return state;
}

export async function disableUserAction(input: DisableUser) {
  const state = await act((ctx) => disableUser(ctx, input));
  revalidatePath("/settings/workspaces");
  return state;
}

export async function enableUserAction(input: EnableUser) {
  const state = await act((ctx) => enableUser(ctx, input));
  revalidatePath("/settings/workspaces");
  return state;
}

export async function resetPasswordAction(input: ResetPassword) {
  const state = await act((ctx) => resetPassword(ctx, input));
  revalidatePath("/settings/workspaces");
  return state;
}

export async function revokeSessionsOfUserAction(input: RevokeSessionsOfUser) {
  const state = await act((ctx) => revokeSessionsOfUser(ctx, input));
  revalidatePath("/settings/workspaces");
  return state;
}

export async function resetSecondFactorAction(input: ResetSecondFactor) {
  const state = await act((ctx) => resetSecondFactor(ctx, input));
  revalidatePath("/settings/workspaces");
  return state;
}
