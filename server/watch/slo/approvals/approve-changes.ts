import { budgetApprovals } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockSlo } from "../../objectives/stored-slos.ts";
import type { Slo } from "../objectives/contract.ts";
import { loadSlo } from "../objectives/load-slo.ts";
import { ApproveChanges } from "./contract.ts";

/** Maximum approval; a longer one requires changing the target, with a reason. */
const maxDays = 30;

/**
 * Allows changes until an end despite the remaining budget, by name and with a reason (docs/spec/slo.md section 7).
 * @throws DomainError "invalid" for an end that is past or far off, "not-found", "conflict" when the SLO is archived
 */
export async function approveChanges(ctx: Context, input: ApproveChanges): Promise<Slo> {
  permit(ctx, "approveChanges");
  const { sloId, reason, until } = ApproveChanges.parse(input);
  const ahead = until.getTime() - Date.now();
  if (ahead <= 0) throw new DomainError("invalid", "The end has passed. Choose a later one.", { field: "until" });
  if (ahead > maxDays * dayMs)
    throw new DomainError("invalid", `An approval can last at most ${maxDays} days.`, {
      field: "until",
    });
  await transact(ctx, async (ctx) => {
    const { name, endpointId, state } = await lockSlo(ctx, sloId);
    const { workspaceId, name: approvedBy } = ctx.actor;
    await ctx.db.insert(budgetApprovals).values({ workspaceId, sloId, reason, until, approvedBy });
    const remaining = state?.budget.remaining ?? null;
    await record(ctx, "slo.changes-approved", { subject: `slo/${name}`, after: { until, remaining }, reason });
    await publish(ctx, "slo", sloId);
    if (endpointId) await publish(ctx, "endpoint", endpointId);
  });
  return loadSlo(ctx, sloId);
}
