"use server";

import { act } from "#app/_lib/action.ts";
import { archiveAlertRule } from "#server/respond/rules/archive-alert-rule.ts";
import {
  AlertRuleSpec,
  type CreateAlertRule,
  type ReplayAlertRule,
  type SwitchAlertRule,
} from "#server/respond/rules/contract.ts";
import { createAlertRule } from "#server/respond/rules/create-alert-rule.ts";
import { describeRule } from "#server/respond/rules/describe-rule.ts";
import { disableAlertRule } from "#server/respond/rules/disable-alert-rule.ts";
import { enableAlertRule } from "#server/respond/rules/enable-alert-rule.ts";
import { replayAlertRule } from "#server/respond/rules/replay/replay-alert-rule.ts";
import { updateAlertRule } from "#server/respond/rules/update-alert-rule.ts";

export async function saveRuleAction(sent: CreateAlertRule & { ruleId?: string }) {
  return act(async (ctx) => {
    const { ruleId, ...input } = sent;
    const { id } = ruleId ? await updateAlertRule(ctx, { ruleId, ...input }) : await createAlertRule(ctx, input);
    return { id };
  });
}

/** Describes a rule in a sentence; returns an empty text while the input is not yet a valid rule. */
export async function sayRuleAction(spec: AlertRuleSpec, endpoint: string | null): Promise<string> {
  const { data = "" } = await act(async () => {
    const read = AlertRuleSpec.safeParse(spec);
    return read.success ? `Fires when: ${describeRule(read.data, endpoint)}` : "";
  });
  return data;
}

export async function replayRuleAction(input: ReplayAlertRule) {
  return act((ctx) => replayAlertRule(ctx, input));
}

export async function enableRuleAction(input: SwitchAlertRule) {
  return act(async (ctx) => {
    await enableAlertRule(ctx, input);
  });
}

export async function disableRuleAction(input: SwitchAlertRule) {
  return act(async (ctx) => {
    await disableAlertRule(ctx, input);
  });
}

export async function archiveRuleAction(input: SwitchAlertRule) {
  return act(async (ctx) => {
    await archiveAlertRule(ctx, input);
  });
}
