import { and, desc, eq, isNotNull } from "drizzle-orm";
import { retrainingCycles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { RetrainingPolicy } from "../contract.ts";
import { findPolicy } from "../policies/policy-rows.ts";
import type { PolicyGains } from "./contract.ts";
import { describeGains } from "./describe-gains.ts";
import { readJobCosts } from "./read-costs.ts";
import { type EndedCycle, sumGains } from "./sum-gains.ts";

/** Cycles that are added up, the newest: a policy of the pace that rules allow ends them in years. */
const maxCycles = 500;

/** Returns what the ended cycles of a model's policy came to: how many helped, what they gained, and what they cost. @throws DomainError "not-found" */
export async function getRetrainingGains(ctx: Context, model: string): Promise<PolicyGains> {
  permit(ctx, "getRetrainingGains");
  const policy = await findPolicy(ctx, model);
  const { evidence, requestedBy, state, outcome, jobId, policyId, endedAt, number, workspaceId } = retrainingCycles;
  const rows = await ctx.db
    .select({ evidence, requestedBy, state, outcome, jobId })
    .from(retrainingCycles)
    .where(and(eq(workspaceId, ctx.actor.workspaceId), eq(policyId, policy.id), isNotNull(endedAt)))
    .orderBy(desc(number))
    .limit(maxCycles);
  const costs = await readJobCosts(
    ctx,
    rows.flatMap((row) => row.jobId ?? []),
  );
  const cycles = rows.map((row): EndedCycle => {
    const first = row.evidence[0];
    return {
      trigger: row.requestedBy !== null || !first ? "person" : first.trigger,
      isAdopted: row.state === "adopted",
      outcome: row.outcome,
      job: row.jobId === null ? null : (costs.get(row.jobId) ?? row.outcome),
    };
  });
  const gains = sumGains(cycles);
  const helped = cycles.find((cycle) => cycle.outcome?.verdict === "helped")?.outcome ?? null;
  return { ...gains, words: describeGains(gains, RetrainingPolicy.parse(policy.rules).triggers, helped) };
}
