"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { archivePolicy } from "#server/respond/oncall/escalation/archive-policy.ts";
import type { ArchivePolicy, CreatePolicy } from "#server/respond/oncall/escalation/contract.ts";
import { createPolicy } from "#server/respond/oncall/escalation/create-policy.ts";
import { updatePolicy } from "#server/respond/oncall/escalation/update-policy.ts";

const refresh = () => revalidatePath("/on-call", "layout");

export async function savePolicyAction(sent: CreatePolicy & { policyId?: string }) {
  const state = await act(async (ctx) => {
    const { policyId, ...input } = sent;
    await (policyId ? updatePolicy(ctx, { policyId, ...input }) : createPolicy(ctx, input));
  });
  refresh();
  return state;
}

export async function archivePolicyAction(input: ArchivePolicy) {
  const state = await act((ctx) => archivePolicy(ctx, input));
  refresh();
  return state;
}
