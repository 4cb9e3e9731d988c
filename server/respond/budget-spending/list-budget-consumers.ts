import { and, eq, gte, inArray, isNull, lte, or } from "drizzle-orm";
import { modelVersions, registeredModels, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Span } from "#server/base/span.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { MinuteCounts } from "../../watch/objectives/indicators/contract.ts";
import { findSlo, type StoredSlo } from "../../watch/objectives/stored-slos.ts";
import { activeAdjustments } from "../../watch/slo/adjustments/adjustment-rows.ts";
import { readSloBudget } from "../../watch/slo/counting/read-slo-budget.ts";
import { knownUntil } from "../../watch/slo/engine/events.ts";
import { periodAt } from "../../watch/slo/engine/periods.ts";
import { noVersion } from "../../watch/slo/indicators/source.ts";
import { GetSlo } from "../../watch/slo/objectives/contract.ts";
import { readSeriesByVersion } from "../../watch/slo/rollup/read-series.ts";
import { knownIncidents } from "../../watch/slo/spending/known-incidents.ts";
import { sumOf, sumOfAll, withoutAdjusted } from "../../watch/slo/spending/sum-of.ts";
import type { BudgetConsumer, BudgetConsumers } from "./contract.ts";

/** One change that took more needs a post-mortem (docs/spec/slo.md section 7). */
const maxShare = 0.2;
const maxEach = 20;

type Sums = Pick<BudgetConsumer, "bad" | "total">;

/**
 * Returns the versions, rollouts and incidents that spent the budget of the period. Shares are those of the bad events, so that for time
 * slices, where a bad minute counts completely, they are the contribution of each. @throws DomainError "not-found"
 */
export async function listBudgetConsumers(ctx: Context, input: GetSlo): Promise<BudgetConsumers> {
  permit(ctx, "listBudgetConsumers");
  const slo = await findSlo(ctx, GetSlo.parse(input).slo);
  const now = Date.now();
  const { remaining } = await readSloBudget(ctx, slo, now);
  if (remaining === null || slo.seriesId === null)
    return {
      spent: remaining === null ? null : 1 - remaining,
      versions: [],
      rollouts: [],
      incidents: [],
      needsPostMortem: [],
    };
  const until = knownUntil(slo.definition, now);
  const span = { from: periodAt(slo.definition.period, until).start, to: now };
  const byVersion = await readSeriesByVersion(ctx, slo.seriesId, span);
  const adjustments = await activeAdjustments(ctx, slo.id);
  for (const counts of byVersion.values()) withoutAdjusted(counts, adjustments);
  const all = sumOfAll(byVersion.values(), span);
  const spent = 1 - remaining;
  const shareOf = ({ bad }: Sums) => (all.bad === 0 ? 0 : (spent * bad) / all.bad);
  const ranked = (found: Omit<BudgetConsumer, "spent">[]): BudgetConsumer[] =>
    found
      .filter(({ bad }) => bad > 0)
      .map((one) => ({ ...one, spent: shareOf(one) }))
      .toSorted((a, b) => b.spent - a.spent)
      .slice(0, maxEach);
  const lists = {
    versions: ranked(await versionConsumers(ctx, byVersion, span)),
    rollouts: ranked(await rolloutConsumers(ctx, slo, byVersion, span)),
    incidents: ranked(
      (await knownIncidents(ctx, slo, span)).map(({ id, number, title, href, from, to }) => {
        const sums = sumOfAll(byVersion.values(), { from: from.getTime(), to: to?.getTime() ?? now });
        return { id, title: `INC-${number} ${title}`, href, from, to, ...sums };
      }),
    ),
  };
  // A version serves requests, but is not itself a change.
  const large = [...lists.rollouts, ...lists.incidents].filter((one) => one.spent > maxShare);
  return { spent, ...lists, needsPostMortem: large.map(({ title }) => title) };
}

async function versionConsumers(ctx: Context, byVersion: Map<string, MinuteCounts>, span: Span) {
  const names = await namesOf(ctx, [...byVersion.keys()]);
  return [...byVersion].map(([id, counts]) => {
    const name = names.get(id);
    const title = name ? `${name.model} v${name.version}` : "Unknown version";
    const href = name ? `/models/${encodeURIComponent(name.model)}/${name.version}` : null;
    return { id, title, href, from: null, to: null, ...sumOf(counts, span) };
  });
}

async function namesOf(ctx: Context, ids: string[]) {
  const rows = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version, model: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        inArray(
          modelVersions.id,
          ids.filter((id) => id !== noVersion),
        ),
      ),
    );
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}

async function rolloutConsumers(ctx: Context, slo: StoredSlo, byVersion: Map<string, MinuteCounts>, span: Span) {
  if (!slo.endpointId) return [];
  const rows = await ctx.db
    .select({ id: rollouts.id, canary: rollouts.canaryVersionId, from: rollouts.createdAt, to: rollouts.endedAt })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.workspaceId, ctx.actor.workspaceId),
        eq(rollouts.endpointId, slo.endpointId),
        lte(rollouts.createdAt, new Date(span.to)),
        or(isNull(rollouts.endedAt), gte(rollouts.endedAt, new Date(span.from))),
      ),
    )
    .limit(200);
  const names = await namesOf(
    ctx,
    rows.map(({ canary }) => canary),
  );
  return rows.map(({ id, canary, from, to }) => {
    const counts = byVersion.get(canary);
    const sums = counts ? sumOf(counts, { from: from.getTime(), to: to?.getTime() ?? span.to }) : { bad: 0, total: 0 };
    const name = names.get(canary);
    return {
      id,
      title: `Rollout of ${name?.model ?? ""} v${name?.version ?? ""}`,
      href: `/rollouts/${id}`,
      from,
      to,
      ...sums,
    };
  });
}
