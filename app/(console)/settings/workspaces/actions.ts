"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { CreateWorkspace, RestoreWorkspace } from "#server/identity/contract.ts";
import { createWorkspace } from "#server/identity/workspaces/create-workspace.ts";
import { restoreWorkspace } from "#server/identity/workspaces/restore-workspace.ts";

/** The page goes into the new workspace afterwards, which loads everything anew. */
export async function createWorkspaceAction(input: CreateWorkspace) {
  return act((ctx) => createWorkspace(ctx, input));
}

export async function restoreWorkspaceAction(input: RestoreWorkspace) {
  const state = await act((ctx) => restoreWorkspace(ctx, input));
  revalidatePath("/", "layout");
  return state;
}
