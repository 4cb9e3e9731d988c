"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { RenameWorkspace } from "#server/identity/contract.ts";
import { renameWorkspace } from "#server/identity/rename-workspace.ts";

export async function renameWorkspaceAction(input: RenameWorkspace) {
  const state = await act((ctx) => renameWorkspace(ctx, input));
  revalidatePath("/", "layout");
  return state;
}
