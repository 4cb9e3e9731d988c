"use server";

import { act } from "#app/_lib/action.ts";
import type { MarkExpected, RevokeExpected } from "#server/watch/monitoring/expected/contract.ts";
import { markExpected } from "#server/watch/monitoring/expected/mark-expected.ts";
import { revokeExpected } from "#server/watch/monitoring/expected/revoke-expected.ts";
import type { SetMonitor } from "#server/watch/monitoring/settings/contract.ts";
import { setMonitor } from "#server/watch/monitoring/settings/set-monitor.ts";

export async function setMonitorAction(input: SetMonitor) {
  return act(async (ctx) => {
    await setMonitor(ctx, input);
  });
}

export async function markExpectedAction(input: MarkExpected) {
  return act(async (ctx) => {
    await markExpected(ctx, input);
  });
}

export async function revokeExpectedAction(input: RevokeExpected) {
  return act(async (ctx) => {
    await revokeExpected(ctx, input);
  });
}
