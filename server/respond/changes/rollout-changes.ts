import { and, desc, eq, gte, inArray, lte, or } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { endpoints, modelVersions, registeredModels, rolloutDecisions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { percent } from "#server/base/format-number.ts";
import { budgetHolds } from "#server/release/rollouts/machine/hold.ts";
import type { Change, ChangeKind } from "./contract.ts";
import type { Span } from "./span.ts";

const stableVersions = alias(modelVersions, "stable_version");
/** Decisions that move traffic. */
const moving = ["started", "advance", "skip", "roll-back", "promote"];

/** Returns the changes that rollouts made to the traffic of endpoints, and holds by an error budget. */
export async function rolloutChanges(ctx: Context, { endpointIds, from, to, limit }: Span): Promise<Change[]> {
  const isFreeze = and(eq(rolloutDecisions.kind, "hold"), inArray(rolloutDecisions.code, [...budgetHolds]));
  const rows = await ctx.db
    .select({
      id: rolloutDecisions.id,
      rolloutId: rollouts.id,
      endpointId: rollouts.endpointId,
      endpoint: endpoints.name,
      kind: rolloutDecisions.kind,
      weight: rolloutDecisions.weight,
      words: rolloutDecisions.words,
      at: rolloutDecisions.at,
      actor: rolloutDecisions.actorName,
      model: registeredModels.name,
      version: modelVersions.version,
      stable: stableVersions.version,
    })
    .from(rolloutDecisions)
    .innerJoin(rollouts, eq(rollouts.id, rolloutDecisions.rolloutId))
    .innerJoin(endpoints, eq(endpoints.id, rollouts.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .innerJoin(stableVersions, eq(stableVersions.id, rollouts.stableVersionId))
    .where(
      and(
        eq(rolloutDecisions.workspaceId, ctx.actor.workspaceId),
        inArray(rollouts.endpointId, endpointIds),
        or(inArray(rolloutDecisions.kind, moving), isFreeze),
        gte(rolloutDecisions.at, from),
        lte(rolloutDecisions.at, to),
      ),
    )
    .orderBy(desc(rolloutDecisions.id))
    .limit(limit);
  return rows.map((row) => ({
    id: `rollout-decision:${row.id}`,
    kind: kindOf(row.kind),
    title: titleOf(row),
    at: row.at,
    actor: row.actor,
    href: `/rollouts/${row.rolloutId}`,
    ...(row.kind === "roll-back"
      ? { before: `${row.model} version ${row.version}`, after: `${row.model} version ${row.stable}` }
      : { before: `${row.model} version ${row.stable}`, after: `${row.model} version ${row.version}` }),
    endpointId: row.endpointId,
  }));
}

function kindOf(kind: string): ChangeKind {
  if (kind === "roll-back") return "rollback";
  return kind === "hold" ? "freeze" : "rollout";
}

function titleOf(row: {
  kind: string;
  endpoint: string;
  model: string;
  version: number;
  weight: number;
  words: string;
}) {
  const { endpoint, model, version, weight, words } = row;
  if (row.kind === "started") return `Rollout of ${model} version ${version} to ${endpoint} started`;
  if (row.kind === "promote") return `${model} version ${version} promoted on ${endpoint}`;
  if (row.kind === "roll-back") return `${model} version ${version} rolled back on ${endpoint}: ${words}`;
  if (row.kind === "hold") return `Rollout of ${model} version ${version} on hold: ${words}`;
  return `${model} version ${version} received ${percent(weight)} of the traffic of ${endpoint}`;
}
