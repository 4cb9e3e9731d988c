import { and, eq, min } from "drizzle-orm";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { loadBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";

interface Change {
  endpointId: string;
  versionId: string;
  /** Deployed version before the change. */
  before: { versionId: string } | undefined;
  purpose: ChangePurpose;
  overridesBudget: boolean;
  reason: string;
}

/**
 * Refuses another version while an error budget of the endpoint makes changes wait. Going back to what served before is always let
 * through, and so is what serves already, on other providers.
 * @returns what was overridden; undefined where nothing was
 * @throws DomainError "conflict"; "invalid" where it is overridden without a reason
 */
export async function refuseFrozen(ctx: Context, change: Change): Promise<string | undefined> {
  const { endpointId, versionId, before, overridesBudget, reason } = change;
  if (!before || before.versionId === versionId) return undefined;
  const purpose = (await goesBack(ctx, endpointId, versionId, before.versionId)) ? "rollback" : change.purpose;
  const gate = await loadBudgetGate(ctx, endpointId, { kind: "deployment", purpose });
  if (gate.allow) return undefined;
  if (!overridesBudget) {
    const what = 'Alternatively, set "overridesBudget"; your name and reason are recorded.';
    throw new DomainError("conflict", `${gate.reason} ${what}`);
  }
  if (reason === "")
    throw new DomainError("invalid", "Give a reason for overriding the error budget.", { field: "reason" });
  return gate.reason;
}

/** Returns whether a version served there before the deployed one ever did: one that was rolled back itself is no rollback target. */
async function goesBack(ctx: Context, endpointId: string, versionId: string, current: string): Promise<boolean> {
  const firstOf = async (id: string) => {
    const where = and(
      eq(deployments.workspaceId, ctx.actor.workspaceId),
      eq(deployments.endpointId, endpointId),
      eq(deployments.versionId, id),
    );
    const [row] = await ctx.db
      .select({ first: min(deployments.id) })
      .from(deployments)
      .where(where);
    return row?.first ?? null;
  };
  const [first, later] = [await firstOf(versionId), await firstOf(current)];
  return first !== null && later !== null && first < later;
}
