"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { RequestPurge, RetentionRule, TrashKey } from "#server/admin/trash/contract.ts";
import { previewPurge } from "#server/admin/trash/queries.ts";
import { requestPurge } from "#server/admin/trash/request-purge.ts";
import { restore } from "#server/admin/trash/restore.ts";
import { setRetention } from "#server/admin/trash/set-retention.ts";

export async function restoreAction(input: TrashKey) {
  const state = await act((ctx) => restore(ctx, input));
  revalidatePath("/", "layout");
  return state;
}

export async function previewPurgeAction(input: TrashKey) {
  return act((ctx) => previewPurge(ctx, input));
}

export async function requestPurgeAction(input: RequestPurge) {
  const state = await act((ctx) => requestPurge(ctx, input));
  revalidatePath("/settings/trash");
  return state;
}

export async function setRetentionAction(input: RetentionRule) {
  const state = await act((ctx) => setRetention(ctx, input));
  revalidatePath("/settings/trash");
  return state;
}
