import { and, desc, eq, gte, sql } from "drizzle-orm";
import { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { dayMs } from "#server/durations.ts";
import { sumWindows } from "#server/serving/window-sums.ts";
import { slowerThan, slowLimit } from "#server/stats/sequential/latency.ts";
import type { FrozenFacts } from "./contract.ts";
import type { RolloutPlan } from "./plan/contract.ts";

/** What counts as slow where nothing was measured in the last day and the plan does not say. */
const slowWithoutTrafficMs = 1_000;
const shortestOutcomeAgeMs = 1_000;

interface Frozen {
  endpointId: string;
  /** The version that serves. */
  versionId: string;
  plan: RolloutPlan;
}

/** What is read of an endpoint at the start of a rollout and holds until its end, by the traffic of the version that serves. */
export async function freezeFacts(ctx: Context, { endpointId, versionId, plan }: Frozen): Promise<FrozenFacts> {
  const ofEndpoint = sql`endpoint_id = ${endpointId} and version_id = ${versionId} and arm <> 'shadow'`;
  const ofDay = sql`${ofEndpoint} and window_start >= now() - interval '1 day'`;
  const [day] = await sumWindows<null>(ctx, ofDay, sql`'null'::jsonb`);
  const latencies = day?.latencies ?? {};
  const slowMs = plan.slowMs ?? slowLimit(latencies) ?? slowWithoutTrafficMs;
  const units = day?.requests ?? 0;
  const failed = (isCounted: (status: number) => boolean) =>
    Object.entries(day?.failures ?? {}).reduce(
      (sum, [status, count]) => (isCounted(Number(status)) ? sum + count : sum),
      0,
    );
  return {
    slowMs,
    outcomeAgeMs: plan.outcomeAgeMs ?? Math.ceil(Math.max(shortestOutcomeAgeMs, 2 * slowMs)),
    ...(await freezeOutput(ctx, { endpointId, versionId, plan })),
    requestsPerSecond: await lastHourRate(ctx, endpointId),
    record: {
      errors: { units, events: failed((status) => status >= 500) },
      // As a changed schema shows itself; what lacks a right, a name or patience is the caller's own.
      "client-errors": { units, events: failed((status) => status === 400 || status === 422) },
      slow: slowerThan(latencies, slowMs),
    },
  };
}

/** Requests per second over the last hour, or since the first one in it. */
async function lastHourRate(ctx: Context, endpointId: string): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ requests: number | null; seconds: number | null }>(sql`
    select sum(requests + cache_hits + coalesced)::float8 as requests,
      extract(epoch from now() - min(window_start))::float8 as seconds
    from serving_windows
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and window_start >= now() - interval '1 hour'`);
  const { requests, seconds } = rows[0] ?? {};
  return requests && seconds ? requests / Math.max(60, seconds) : null;
}

type Output = Pick<FrozenFacts, "outputBins" | "binnedOutput" | "outputBinCount">;

/** Answers of so many requests say where the bins of a number lie. */
const mostAnswers = 2_000;
const bins = 10;

/** Bins of the answers: classes where the version gives some, else tenths of its recorded numbers. */
async function freezeOutput(ctx: Context, { endpointId, versionId, plan }: Frozen): Promise<Output> {
  const classes: Output = { outputBins: null, binnedOutput: null };
  if (!plan.guardrails.some(({ metric }) => metric === "output-shift")) return classes;
  const rows = await ctx.db
    .select({ answer: predictions.answer, outputs: predictions.outputs })
    .from(predictions)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, endpointId),
        eq(predictions.versionId, versionId),
        eq(predictions.kept, "sampled"),
        gte(predictions.at, new Date(Date.now() - dayMs)),
      ),
    )
    .orderBy(desc(predictions.at))
    .limit(mostAnswers);
  if (rows.some(({ answer }) => answer !== null)) return classes;
  const outputs = rows.flatMap(({ outputs }) => (outputs as RecordedOutput[] | null)?.slice(0, 1) ?? []);
  const [first] = outputs;
  const numbers = outputs
    .filter(({ name }) => name === first?.name)
    .flatMap(({ data = [] }) => data.filter((value) => typeof value === "number" && Number.isFinite(value)))
    .map(Number)
    .toSorted((a, b) => a - b);
  const edges = Array.from({ length: bins - 1 }, (_, at) => numbers[Math.floor(((at + 1) * numbers.length) / bins)]);
  const outputBins = [...new Set(edges)].filter((edge) => edge !== undefined);
  return first && outputBins.length > 0 ? { outputBins, binnedOutput: first.name } : classes;
}

interface RecordedOutput {
  name: string;
  data?: unknown[];
}
