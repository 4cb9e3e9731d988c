"use server";

import { act } from "#app/_lib/action.ts";
import type { SetDataRules } from "#server/watch/monitoring/integrity/rules/contract.ts";
import { setDataRules } from "#server/watch/monitoring/integrity/rules/set-data-rules.ts";

export async function setDataRulesAction(input: SetDataRules) {
  return act(async (ctx) => {
    await setDataRules(ctx, input);
  });
}
