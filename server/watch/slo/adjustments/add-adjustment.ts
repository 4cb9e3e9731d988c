import { budgetAdjustments } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockSlo } from "../../objectives/stored-slos.ts";
import type { Slo } from "../objectives/contract.ts";
import { loadSlo } from "../objectives/load-slo.ts";
import { AddAdjustment } from "./contract.ts";

/** Maximum days back, up to which counts are stored; no period reaches further. */
const maxDaysBack = 92;
const maxDaysAhead = 90;
const maxDaysLong = 31;

/**
 * Excludes a time range from the SLO, such as planned maintenance or a third party's outage: with name and reason, hatched on charts, and
 * never deleted. @throws DomainError "invalid" with the field, "not-found", "conflict" when the SLO is archived
 */
export async function addAdjustment(ctx: Context, input: AddAdjustment): Promise<Slo> {
  permit(ctx, "addAdjustment");
  const { sloId, from, to, reason } = AddAdjustment.parse(input);
  refuseSpan(from.getTime(), to.getTime(), Date.now());
  await transact(ctx, async (ctx) => {
    const { name } = await lockSlo(ctx, sloId);
    const { workspaceId, name: createdBy } = ctx.actor;
    await ctx.db.insert(budgetAdjustments).values({ workspaceId, sloId, from, to, reason, createdBy });
    await record(ctx, "slo.adjusted", { subject: `slo/${name}`, after: { from, to }, reason });
    await publish(ctx, "slo", sloId);
  });
  return loadSlo(ctx, sloId);
}

function refuseSpan(from: number, to: number, now: number): void {
  const refuse = (field: string, message: string) => new DomainError("invalid", message, { field });
  if (to <= from) throw refuse("to", "The end must be after the start.");
  if (to - from > maxDaysLong * dayMs)
    throw refuse("to", `An adjustment can cover at most ${maxDaysLong} days. For longer periods, change the target.`);
  if (from < now - maxDaysBack * dayMs) throw refuse("from", `The start can be at most ${maxDaysBack} days ago.`);
  if (to > now + maxDaysAhead * dayMs) throw refuse("to", `The end can be at most ${maxDaysAhead} days ahead.`);
}
