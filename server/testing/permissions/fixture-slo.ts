import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { addAdjustment } from "#server/watch/slo/adjustments/add-adjustment.ts";
import { approveChanges } from "#server/watch/slo/approvals/approve-changes.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";

/** Creates an SLO of an endpoint, with an adjustment and an approval. */
export async function promise(ctx: Context, endpointId: string, secret: string) {
  const definition = {
    displayName: secret,
    target: 0.99,
    period: { kind: "rolling" as const, days: 30 },
    indicator: { kind: "availability" as const, endpointId },
  };
  const { id: sloId } = await createSlo(ctx, { name: "an-slo", definition, reason: secret });
  const span = { from: new Date(Date.now() - hourMs), to: new Date() };
  const { adjustments } = await addAdjustment(ctx, { sloId, ...span, reason: secret });
  const until = new Date(Date.now() + dayMs);
  const { approvals } = await approveChanges(ctx, { sloId, reason: secret, until });
  return { sloId, adjustmentId: adjustments[0]?.id ?? "", approvalId: approvals[0]?.id ?? "" };
}
