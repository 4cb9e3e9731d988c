"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { RetrySetAsideItem } from "#server/platform/jobs/contract.ts";
import { retrySetAsideItem } from "#server/platform/jobs/retry-set-aside-item.ts";

export async function retrySetAsideItemAction(input: RetrySetAsideItem) {
  const state = await act((ctx) => retrySetAsideItem(ctx, input));
  revalidatePath("/settings/recurring-work");
  return state;
}
