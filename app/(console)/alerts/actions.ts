"use server";

import { act } from "#app/_lib/action.ts";
import type { AcknowledgeGroup, UnacknowledgeGroup } from "#server/alerts/contract.ts";
import { acknowledgeGroup } from "#server/alerts/groups/acknowledge-group.ts";
import { unacknowledgeGroup } from "#server/alerts/groups/unacknowledge-group.ts";
import type { GiveVerdict } from "#server/alerts/quality/contract.ts";
import { giveVerdict } from "#server/alerts/quality/give-verdict.ts";

export async function acknowledgeAction(input: AcknowledgeGroup) {
  return act(async (ctx) => {
    await acknowledgeGroup(ctx, input);
  });
}

export async function unacknowledgeAction(input: UnacknowledgeGroup) {
  return act(async (ctx) => {
    await unacknowledgeGroup(ctx, input);
  });
}

export async function giveVerdictAction(input: GiveVerdict) {
  return act(async (ctx) => {
    await giveVerdict(ctx, input);
  });
}
