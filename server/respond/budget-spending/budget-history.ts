import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { findSlo, type StoredSlo } from "../../watch/objectives/stored-slos.ts";
import { activeAdjustments } from "../../watch/slo/adjustments/adjustment-rows.ts";
import { countParts } from "../../watch/slo/counting/count-parts.ts";
import { countSlo } from "../../watch/slo/counting/count-slo.ts";
import { budgetCourse } from "../../watch/slo/engine/budget-course.ts";
import { combine } from "../../watch/slo/engine/combine.ts";
import { knownUntil } from "../../watch/slo/engine/events.ts";
import { periodAt } from "../../watch/slo/engine/periods.ts";
import { knownIncidents } from "../../watch/slo/spending/known-incidents.ts";
import { type BudgetHistory, GetBudgetHistory } from "./contract.ts";

const maxPoints = 240;
const maxComposite = 48;
const maxChanges = 200;

/**
 * Returns the remaining budget of an SLO over its period, with changes, incidents and adjustments as marks. @throws DomainError "not-found"
 */
export async function budgetHistory(ctx: Context, input: GetBudgetHistory): Promise<BudgetHistory> {
  permit(ctx, "budgetHistory");
  const slo = await findSlo(ctx, GetBudgetHistory.parse(input).slo);
  const now = Date.now();
  const span = periodAt(slo.definition.period, knownUntil(slo.definition, now));
  const shown = { from: span.start, to: now };
  const dates = { from: new Date(shown.from), to: new Date(now) };
  const changes = slo.endpointId
    ? await listChanges(ctx, { endpointId: slo.endpointId, ...dates, limit: maxChanges })
    : [];
  const adjustments = await activeAdjustments(ctx, slo.id);
  return {
    ...shown,
    periodEnd: slo.definition.period.kind === "calendar" ? span.end : null,
    ...(await courseOf(ctx, slo, shown.from, now)),
    changes: changes.toReversed(),
    incidents: await knownIncidents(ctx, slo, shown),
    adjustments: adjustments.filter(({ to }) => to > shown.from),
  };
}

/** Computes the curve. For rolling periods each point covers the full preceding period, so twice as much is counted as is shown. */
async function courseOf(ctx: Context, slo: StoredSlo, from: number, now: number) {
  const { definition } = slo;
  if (definition.composite) return { points: await compositeCourse(ctx, slo, from, now), isApproximate: false };
  const counted = periodAt(definition.period, from).start;
  const { isApproximate, ...counts } = await countSlo(ctx, slo, { from: counted, to: now });
  const adjustments = await activeAdjustments(ctx, slo.id);
  return { points: budgetCourse({ counts, definition, now, adjustments }, maxPoints, from), isApproximate };
}

/** Computes a curve with fewer points because each of them combines the states of the components at that time, which is more expensive. */
async function compositeCourse(ctx: Context, slo: StoredSlo, from: number, now: number) {
  const { definition } = slo;
  const counted = await countParts(ctx, slo, { from: periodAt(definition.period, from).start, to: now });
  return Array.from({ length: maxComposite }, (_, index) => {
    const at = from + ((index + 1) * (now - from)) / maxComposite;
    return { at, remaining: combine(definition, counted, at).budget.remaining, errorRate: null };
  });
}
