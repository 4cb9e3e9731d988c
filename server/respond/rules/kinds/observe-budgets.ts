import { and, eq, isNull } from "drizzle-orm";
import { sloStates, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { percent } from "#server/base/format-number.ts";
import { SloDefinition, SloState } from "#server/watch/objectives/contract.ts";
import { formatBudget } from "#server/watch/slo/engine/contract.ts";
import { endpointLabels, watchedEndpoints } from "../../../alerting/alerts/rules/watched-endpoints.ts";
import type { Observation, ObservedRule } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

const Read = SloState.pick({ budget: true });
const Service = SloDefinition.pick({ service: true });

/** Observes the remaining error budgets, as last evaluated by the worker. Paused SLOs do not alert. */
export async function observeBudgets(
  ctx: Context,
  { below }: SpecOf<"budget">,
  rule: ObservedRule,
): Promise<Observation[]> {
  const endpoints = new Map((await watchedEndpoints(ctx, rule.endpointId)).map((one) => [one.id, one]));
  const rows = await ctx.db
    .select({ slo: slos, state: sloStates.state })
    .from(slos)
    .innerJoin(sloStates, eq(sloStates.sloId, slos.id))
    .where(
      and(
        eq(slos.workspaceId, ctx.actor.workspaceId),
        isNull(slos.archivedAt),
        isNull(slos.pausedAt),
        rule.endpointId === null ? undefined : eq(slos.endpointId, rule.endpointId),
      ),
    );
  return rows.map(({ slo, state }) => {
    const { remaining, bad } = Read.parse(state).budget;
    const endpoint = slo.endpointId === null ? undefined : endpoints.get(slo.endpointId);
    const { service } = Service.parse(slo.definition);
    return {
      part: slo.id,
      title: slo.name,
      isTrue: remaining === null ? null : remaining < below,
      value: remaining,
      limit: below,
      words:
        remaining === null
          ? `No data for ${slo.name} in its window.`
          : `${describeBudgetLeft(slo.name, remaining, bad)} (limit ${percent(below)}).`,
      labels: { service, slo: slo.name, ...(endpoint && endpointLabels(endpoint)) },
      endpointId: slo.endpointId,
    };
  });
}

function describeBudgetLeft(name: string, remaining: number, bad: number): string {
  return remaining < 0
    ? `The error budget of ${name} is exhausted: ${formatBudget({ remaining, bad })}`
    : `${percent(remaining)} of the error budget of ${name} is left`;
}
