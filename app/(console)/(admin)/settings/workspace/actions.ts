"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { ArchiveWorkspace, RenameWorkspace, SetWorkspaceTimeZone } from "#server/platform/identity/contract.ts";
import { renameWorkspace } from "#server/platform/identity/rename-workspace.ts";
import { archiveWorkspace } from "#server/platform/identity/workspaces/archive-workspace.ts";
import { setWorkspaceTimeZone } from "#server/platform/identity/workspaces/set-workspace-time-zone.ts";

export async function renameWorkspaceAction(input: RenameWorkspace) {
  const state = await act((ctx) => renameWorkspace(ctx, input));
  revalidatePath("/", "layout");
  return state;
}

export async function setTimeZoneAction(input: SetWorkspaceTimeZone) {
  const state = await act((ctx) => setWorkspaceTimeZone(ctx, input));
  revalidatePath("/", "layout");
  return state;
}

/** Archives the workspace. The page reloads afterwards, in another workspace. */
export async function archiveWorkspaceAction(input: ArchiveWorkspace) {
  return act((ctx) => archiveWorkspace(ctx, input));
}
