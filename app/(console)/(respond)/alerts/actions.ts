"use server";

import { act } from "#app/_lib/action.ts";
import type { AcknowledgeGroup, UnacknowledgeGroup } from "#server/alerting/alerts/contract.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { unacknowledgeGroup } from "#server/respond/acknowledgement/unacknowledge-group.ts";
import type { SubmitFeedback } from "#server/respond/alert-quality/contract.ts";
import { submitFeedback } from "#server/respond/alert-quality/submit-feedback.ts";

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

export async function giveVerdictAction(input: SubmitFeedback) {
  return act(async (ctx) => {
    await submitFeedback(ctx, input);
  });
}
