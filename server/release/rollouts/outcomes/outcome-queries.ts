import { and, eq, sql } from "drizzle-orm";
import { rolloutOutcomes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import { readCounts } from "../evidence/read-counts.ts";
import { findRollout } from "../rollout-rows.ts";
import { compareOutcomes } from "./compare-outcomes.ts";
import { GetRolloutOutcomes, type RolloutOutcomes } from "./contract.ts";

/** Compares the later outcomes of both versions' units in a rollout, by business event. @throws DomainError "not-found" */
export async function getRolloutOutcomes(ctx: Context, input: GetRolloutOutcomes): Promise<RolloutOutcomes> {
  permit(ctx, "getRolloutOutcomes");
  const { rolloutId } = GetRolloutOutcomes.parse(input);
  const { plan } = await findRollout(ctx, rolloutId);
  const counts = await readCounts(ctx, rolloutId);
  const units = counts.filter(({ metric, units }) => metric === "conversions" && units > 0);
  const events = await readEvents(ctx, rolloutId);
  const watched = plan.guardrails.find(({ metric }) => metric === "conversions")?.event;
  const names = new Set([...(watched ? [watched] : []), ...events.map(({ name }) => name)]);
  return {
    unit: plan.unit.kind,
    level: 1 - plan.alpha,
    outcomes: [...names].map((name) => {
      const rows = units.map((unit): RolloutCount => {
        const own = events.find((event) => event.name === name && event.step === unit.step && event.arm === unit.arm);
        return { ...unit, events: own?.events ?? 0, sum: own?.sum ?? 0, sumSquares: own?.sumSquares ?? 0 };
      });
      return { name, isGuardrail: name === watched, ...compareOutcomes(rows, plan.steps.length, plan.alpha) };
    }),
  };
}

/** Events of a rollout by name, arm and step. */
export function readEvents(ctx: Context, rolloutId: string, name?: string) {
  const { step, arm, value } = rolloutOutcomes;
  return ctx.db
    .select({
      name: rolloutOutcomes.name,
      step,
      arm,
      events: sql<number>`count(*)::float8`,
      sum: sql<number>`coalesce(sum(${value}), 0)::float8`,
      sumSquares: sql<number>`coalesce(sum(${value} * ${value}), 0)::float8`,
    })
    .from(rolloutOutcomes)
    .where(
      and(
        eq(rolloutOutcomes.workspaceId, ctx.actor.workspaceId),
        eq(rolloutOutcomes.rolloutId, rolloutId),
        name === undefined ? undefined : eq(rolloutOutcomes.name, name),
      ),
    )
    .groupBy(rolloutOutcomes.name, step, arm)
    .orderBy(rolloutOutcomes.name, step, arm);
}
