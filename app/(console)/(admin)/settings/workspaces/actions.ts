"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { createWorkspace } from "#server/admin/workspaces/workspaces/create-workspace.ts";
import type { CreateWorkspace, RestoreWorkspace } from "#server/platform/identity/contract.ts";
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
