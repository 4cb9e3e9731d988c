import { and, desc, eq, lt } from "drizzle-orm";
import { rolloutDecisions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type DecisionKind, ListRolloutDecisions, type RolloutDecision } from "../../serve/rollout/contract.ts";
import { findRollout } from "./rollout-rows.ts";

/**
 * Lists every automatic decision about a rollout and every user action, newest first, each with the evidence at that time.
 * @returns `next`, the `before` of the following page; undefined at the end. @throws DomainError "not-found"
 */
export async function listRolloutDecisions(
  ctx: Context,
  input: ListRolloutDecisions,
): Promise<{ decisions: RolloutDecision[]; next?: number }> {
  permit(ctx, "listRolloutDecisions");
  const { rolloutId, before, limit } = ListRolloutDecisions.parse(input);
  await findRollout(ctx, rolloutId);
  const rows = await ctx.db
    .select()
    .from(rolloutDecisions)
    .where(
      and(
        eq(rolloutDecisions.workspaceId, ctx.actor.workspaceId),
        eq(rolloutDecisions.rolloutId, rolloutId),
        before === undefined ? undefined : lt(rolloutDecisions.id, before),
      ),
    )
    .orderBy(desc(rolloutDecisions.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const decisions = page.map(({ workspaceId, rolloutId, ...row }) => ({
    ...row,
    kind: row.kind as DecisionKind,
    evidence: row.evidence,
  }));
  const next = rows.length > limit ? page.at(-1)?.id : undefined;
  return { decisions, ...(next !== undefined && { next }) };
}
