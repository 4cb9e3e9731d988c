import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { predictions, rolloutCounts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { RolloutMark } from "#server/serve/rollout/served-rollout.ts";
import { evaluateRollout } from "../../../../release/rollouts/evaluate-rollout.ts";
import { countSources } from "../../../../release/rollouts/sources/count-sources.ts";
import type { GuardrailMetric } from "../../../../serve/rollout/plan/contract.ts";
import { beat, newRollout, quickPlan } from "../testing.ts";

export type Scene = Awaited<ReturnType<typeof newRollout>> & { ctx: Context };

/** A rollout in its first step whose guardrails are these. */
export async function stepping(
  ctx: Context,
  guardrails: (typeof quickPlan)["guardrails"],
  plan: Partial<typeof quickPlan> = {},
): Promise<Scene> {
  const scene = await newRollout(ctx, { plan: { ...quickPlan, guardrails, ...plan } });
  await beat(ctx, { endpointId: scene.endpointId, versionId: scene.canary.id });
  await evaluateRollout(ctx, scene.rolloutId);
  return { ...scene, ctx };
}

type Row = typeof predictions.$inferInsert;

/** A request in the log as the gateway keeps it, of the version of its arm. */
export async function logged(
  { ctx, endpointId, stable, canary, rolloutId }: Scene,
  requestId: string,
  { rollout, ...values }: Partial<Omit<Row, "rollout">> & { rollout?: Partial<RolloutMark> | null } = {},
): Promise<void> {
  const mark = { id: rolloutId, step: 0, weight: 0.1, unit: requestId, isSampled: true };
  const arm = values.arm ?? "stable";
  await ctx.db.insert(predictions).values({
    id: randomUUID(),
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    requestId,
    arm,
    at: new Date(),
    versionId: arm === "stable" ? stable.id : canary.id,
    status: 200,
    provider: "cpu",
    latencyMs: 3,
    answer: "1",
    rollout: rollout === null ? null : { ...mark, ...rollout },
    ...values,
  });
}

/** "units/events/misses" of a metric by step and arm, once all that is known is counted. */
export async function recounted({ ctx, rolloutId }: Scene, metric: GuardrailMetric): Promise<Record<string, string>> {
  await countSources(ctx, rolloutId);
  const rows = await ctx.db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, rolloutId));
  const own = rows.filter((row) => row.metric === metric);
  return Object.fromEntries(own.map((row) => [`${row.step} ${row.arm}`, `${row.units}/${row.events}/${row.misses}`]));
}
