import { and, desc, eq, inArray, isNotNull } from "drizzle-orm";
import { rolloutDecisions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Evidence } from "../../serve/rollout/evidence/contract.ts";
import type { StoredRollout } from "./rollout-rows.ts";

/**
 * Returns the evidence that ended a rollout, as it was then. Requests that were in flight are counted later, and would contradict the
 * decision.
 * @returns undefined if it was not stored, or by an earlier release
 */
export async function decidedEvidence(ctx: Context, { id }: StoredRollout): Promise<Evidence | undefined> {
  const [last] = await ctx.db
    .select({ evidence: rolloutDecisions.evidence })
    .from(rolloutDecisions)
    .where(
      and(
        eq(rolloutDecisions.workspaceId, ctx.actor.workspaceId),
        eq(rolloutDecisions.rolloutId, id),
        inArray(rolloutDecisions.kind, ["roll-back", "promote", "complete", "skip"]),
        isNotNull(rolloutDecisions.evidence),
      ),
    )
    .orderBy(desc(rolloutDecisions.id))
    .limit(1);
  return last?.evidence?.guardrails.every(({ fact }) => fact !== undefined) ? last.evidence : undefined;
}
