"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { Protection } from "#server/serving/protection/contract.ts";
import { setProtection } from "#server/serving/protection/set-protection.ts";

export async function setProtectionAction(endpointId: string, protection: Protection) {
  const state = await act((ctx) => setProtection(ctx, { endpointId, protection }));
  if (state.ok) revalidatePath("/endpoints/[endpoint]/settings", "page");
  return state;
}
