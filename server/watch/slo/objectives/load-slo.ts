import { and, desc, eq, gt, inArray } from "drizzle-orm";
import { budgetApprovals, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { AlertSeverity, SloCondition } from "../../objectives/contract.ts";
import { findSlo, type StoredSlo, selectSlos } from "../../objectives/stored-slos.ts";
import { listAdjustmentsOf } from "../adjustments/adjustment-rows.ts";
import type { BudgetApproval } from "../approvals/contract.ts";
import { sloCondition } from "../condition/contract.ts";
import { describeUntestable } from "../engine/contract.ts";
import { ruleWarnings } from "../engine/rule-warnings.ts";
import { compositeLabels } from "../indicators/composite-labels.ts";
import { describeIndicator } from "../indicators/describe-indicator.ts";
import { compositesOf } from "./complete-definition.ts";
import type { Slo, SloSummary } from "./contract.ts";
import { pages } from "./definition-problem.ts";
import { lacksOf } from "./refuse-incomplete.ts";

/** Returns how an SLO stands by its last evaluation. @param now ms since 1970 */
export function conditionOf(slo: Pick<StoredSlo, "definition" | "state" | "pausedAt">, now: number): SloCondition {
  const { state, pausedAt } = slo;
  const [tiers, isAbsent] = [state?.tiers ?? [], state?.absent?.isAbsent ?? false];
  return sloCondition({ budget: state?.budget ?? null, pausedAt, firing: firingSeverity(slo), tiers, isAbsent }, now);
}

/** Returns the worst severity among the rules of an SLO that fire; null if none does. */
function firingSeverity({ definition, state }: Pick<StoredSlo, "definition" | "state">): AlertSeverity | null {
  const tiers = state?.tiers.filter(({ isFiring }) => isFiring).map(({ tier }) => tier.severity) ?? [];
  const absent = state?.absent?.isAbsent ? definition.rules.absent?.severity : undefined;
  const fired = [...tiers, ...(absent ? [absent] : [])];
  return fired.includes("page") ? "page" : (fired[0] ?? null);
}

/** Summarises an SLO for lists. @param approval the active approval of changes */
export function summaryOf(slo: StoredSlo, approval: BudgetApproval | undefined): SloSummary {
  const { definition, state, workspaceId, seriesId, teamId, runbookId, ...row } = slo;
  const { displayName, service, target, period, budgeting, indicator, composite, freezes } = definition;
  return {
    ...row,
    displayName,
    service,
    target,
    period,
    freezes,
    kind: indicator?.kind ?? "composite",
    indicatorWords: indicator ? describeIndicator(indicator) : compositeLabels[composite?.mode ?? "worst"],
    method: budgeting.method,
    missing: lacksOf(slo),
    pages: pages(definition),
    budget: state?.budget ?? null,
    condition: conditionOf(slo, Date.now()),
    firing: firingSeverity(slo),
    isAbsent: state?.absent?.isAbsent ?? false,
    pending: state?.pending ?? null,
    knownUntil: state?.knownUntil ?? null,
    spark: state?.spark ?? [],
    words: state?.words ?? [],
    approval: approval ?? null,
  };
}

/** Returns active approvals of changes, by SLO: the longest one if there are several. */
export async function approvalsNow(ctx: Context, sloIds: readonly string[]): Promise<Map<string, BudgetApproval>> {
  const rows = await ctx.db
    .select()
    .from(budgetApprovals)
    .where(
      and(
        eq(budgetApprovals.workspaceId, ctx.actor.workspaceId),
        inArray(budgetApprovals.sloId, [...sloIds]),
        eq(budgetApprovals.isRevoked, false),
        gt(budgetApprovals.until, new Date()),
      ),
    )
    .orderBy(budgetApprovals.until);
  return new Map(rows.map(({ sloId, workspaceId, ...approval }) => [sloId, approval]));
}

/** Loads an SLO completely; the caller has checked permissions. @throws DomainError "not-found" */
export async function loadSlo(ctx: Context, nameOrId: string): Promise<Slo> {
  const slo = await findSlo(ctx, nameOrId);
  const { id, definition, state, teamId, runbookId } = slo;
  const approvals = await recentApprovals(ctx, id);
  const isActive = ({ isRevoked, until }: BudgetApproval) => !isRevoked && until.getTime() > Date.now();
  return {
    ...summaryOf(slo, approvals.filter(isActive).toSorted((a, b) => b.until.getTime() - a.until.getTime())[0]),
    definition,
    teamId,
    runbookId,
    approvals,
    tiers: state?.tiers ?? [],
    absent: state?.absent ?? null,
    warnings: [...ruleWarnings(definition), ...[describeUntestable(state?.absent ?? null)].filter(Boolean)],
    parts: await partsOf(ctx, slo),
    partOf: await compositesOf(ctx, id),
    adjustments: await listAdjustmentsOf(ctx, slo),
  };
}

async function recentApprovals(ctx: Context, sloId: string): Promise<BudgetApproval[]> {
  const rows = await ctx.db
    .select()
    .from(budgetApprovals)
    .where(and(eq(budgetApprovals.workspaceId, ctx.actor.workspaceId), eq(budgetApprovals.sloId, sloId)))
    .orderBy(desc(budgetApprovals.at))
    .limit(20);
  return rows.map(({ sloId, workspaceId, ...approval }) => approval);
}

/**
 * Returns the components of a composite in their order, with their states; a token without access to a component gets the list without it.
 */
async function partsOf(ctx: Context, { definition: { composite } }: StoredSlo): Promise<Slo["parts"]> {
  if (!composite) return [];
  const found = await selectSlos(
    ctx,
    inArray(
      slos.id,
      composite.parts.map(({ sloId }) => sloId),
    ),
  );
  return composite.parts.flatMap(({ sloId, weight }) => {
    const part = found.find(({ id }) => id === sloId);
    if (!part) return [];
    const { remaining = null, band = "no-data", burnRate = null } = part.state?.budget ?? {};
    return [{ id: sloId, name: part.name, weight, remaining, band, burnRate }];
  });
}
