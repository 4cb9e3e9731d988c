import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { describeFault } from "./describe-fault.ts";
import type { GameDayRow } from "./game-day-rows.ts";

/** Notifies who was on call at the start that it was a game day, in the transaction that ends it. Nobody without a baseline. */
export async function notifyOnCall(ctx: Context, day: GameDayRow): Promise<void> {
  const { id, number, endpointId, hypothesis, baseline } = day;
  if (!baseline?.onCall) return;
  const { name: endpoint } = await findEndpointById(ctx, endpointId);
  await enqueueNotification(ctx, {
    to: { userId: baseline.onCall.id },
    kind: "notice",
    severity: "ticket",
    deduplicationKey: `game-day:${id}:over`,
    message: {
      title: `${endpoint}: game day GD-${number} has ended`,
      lines: [`The game day was not announced. The fault was injected on purpose: ${describeFault(day)}.`, hypothesis],
      severity: "info",
      status: "info",
      reason: "",
      receiver: "",
      groupKey: "",
      alerts: [],
      facts: [{ name: "Endpoint", value: endpoint }],
      groupLabels: { endpoint },
      links: [{ text: `GD-${number}`, path: `/game-days/GD-${number}` }],
    },
  });
}
