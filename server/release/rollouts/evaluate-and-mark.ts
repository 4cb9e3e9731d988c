import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { liveGateways } from "#server/serve/endpoints/endpoint-queries.ts";
import type { RolloutState } from "../../serve/rollout/contract.ts";
import { type Evaluated, evaluate } from "./evidence/evaluate.ts";
import { withMinutes } from "./evidence/minute-book.ts";
import { readCounts } from "./evidence/read-counts.ts";
import { withWatchMarks } from "./evidence/watch-starts.ts";
import type { Facts, GatewayFact } from "./machine/evaluated.ts";
import { type StoredRollout, versionNames } from "./rollout-rows.ts";

/** Returns the time of the database, which steps are measured by: several processes decide, on machines whose clocks differ. */
export async function databaseTime(ctx: Context): Promise<number> {
  const { rows } = await ctx.db.execute<{ now: number }>(
    sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now`,
  );
  return Math.round(rows[0]?.now ?? Date.now());
}

/** Evaluates the evidence of a rollout from the current counts. */
export async function evaluateEvidence(ctx: Context, rollout: StoredRollout): Promise<Evaluated> {
  return evaluate({ ...rollout, counts: await readCounts(ctx, rollout.id) });
}

/** Evaluates the evidence in the worker, which also sets the marks of monitoring. @returns the state with them */
export async function evaluateAndMark(
  ctx: Context,
  rollout: StoredRollout,
  now: number,
): Promise<Evaluated & { state: RolloutState }> {
  const counts = await readCounts(ctx, rollout.id);
  const state = withMinutes({ ...rollout, state: withWatchMarks({ ...rollout, counts, now }), counts, now });
  return { ...evaluate({ ...rollout, state, counts }), state };
}

/** Returns the facts besides the counts; the budget is loaded only when it is needed. */
export async function readFacts(ctx: Context, rollout: StoredRollout): Promise<Facts> {
  return {
    gateways: await gatewayFacts(ctx, rollout),
    budget: undefined,
    endpoint: rollout.endpoint,
    ...versionNames(rollout),
  };
}

/** Returns the facts about the gateways, except draining ones: they serve no new requests, so nothing waits for them. */
async function gatewayFacts(ctx: Context, { endpointId, canaryVersionId }: StoredRollout): Promise<GatewayFact[]> {
  const gateways = await liveGateways(ctx);
  return gateways
    .filter(({ isDraining }) => !isDraining)
    .map(({ address, gatewayId, versions }) => {
      const loaded = versions.find((one) => one.endpointId === endpointId && one.versionId === canaryVersionId);
      const name = address || gatewayId;
      return { name, canary: loaded?.state ?? "unknown", message: loaded?.message ?? null };
    });
}
