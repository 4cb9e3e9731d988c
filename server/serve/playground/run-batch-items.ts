import { and, eq, sql } from "drizzle-orm";
import { playgroundItems, playgroundRuns } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitAnyEndpoint } from "../endpoints/permit-endpoint.ts";
import type { ModelRunner } from "../runner/model-runner.ts";
import { type BatchItem, type ItemResult, type ItemSide, RunBatchItems, type Side } from "./contract.ts";
import { differenceOf } from "./difference.ts";
import { requireOwn } from "./require-own.ts";
import { findRun, isRun, withoutNul } from "./run-rows.ts";
import { runSides } from "./run-versions.ts";
import { summarisePrediction } from "./summarise-prediction.ts";

export type RanItem = BatchItem;

/**
 * Runs some items of a batch and stores their results; the last one ends the batch. Items sent again, as after a lost response,
 * are stored once.
 * @throws DomainError "not-found", "forbidden" for another user's batch, "conflict" when it was cancelled or has ended
 */
export async function runBatchItems(ctx: Context, models: ModelRunner, input: RunBatchItems): Promise<RanItem[]> {
  permit(ctx, "runPlayground");
  permitAnyEndpoint(ctx, "run versions without an endpoint");
  const { runId, items } = RunBatchItems.parse(input);
  const run = await findRun(ctx, runId);
  requireOwn(ctx, run);
  if (run.kind !== "batch") throw new DomainError("invalid", "This run is not a batch.");
  if (run.state !== "running") throw ended(run.state);
  const tooFar = items.find(({ place: index }) => index >= run.total);
  if (tooFar)
    throw new DomainError(
      "invalid",
      `The batch was started with ${run.total} items; "${tooFar.name}" exceeds that number.`,
    );
  const ran: RanItem[] = [];
  // One after the other, so that the latency of an item is its own.
  for (const item of items) ran.push(await runItem(ctx, models, run.sides, item));
  await transact(ctx, (ctx) => keep(ctx, runId, ran));
  return ran;
}

type Item = ReturnType<typeof RunBatchItems.parse>["items"][number];

async function runItem(ctx: Context, models: ModelRunner, sides: Side[], item: Item): Promise<RanItem> {
  const { place: index, name, problem } = item;
  if (problem !== undefined) {
    const failed = sides.map((): ItemSide => ({ problem: { kind: "input", message: problem } }));
    return { place: index, name, result: { sides: failed, agrees: null, maxAbsolute: null } };
  }
  const ran = await runSides(ctx, models, sides, item.inputs);
  const predictions = ran.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const [a, b] = predictions;
  const difference = a && b ? differenceOf(a.outputs, b.outputs, a.labels)[0] : undefined;
  const agreement = difference?.agreement;
  const result: ItemResult = {
    sides: ran.map((each): ItemSide => {
      if ("problem" in each) return each;
      const { queueMs, preprocessMs, runMs, postprocessMs } = each.answer.timings;
      return {
        answer: { ...summarisePrediction(each.answer), latencyMs: queueMs + preprocessMs + runMs + postprocessMs },
      };
    }),
    agrees:
      !difference || difference.problem
        ? null
        : agreement
          ? agreement.same === agreement.rows
          : difference.differing === 0,
    maxAbsolute: difference?.maxAbsolute ?? null,
  };
  return { place: index, name, result };
}

async function keep(ctx: Context, runId: string, ran: RanItem[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  // First, since it locks the row: a cancellation happens before these items or after them.
  const [run] = await ctx.db
    .update(playgroundRuns)
    .set({ heartbeatAt: sql`now()` })
    .where(and(isRun(ctx, runId), eq(playgroundRuns.state, "running")))
    .returning();
  if (!run) throw ended("cancelled");
  const rows = ran.map((item) => ({ workspaceId, runId, ...item, result: withoutNul(item.result) }));
  await ctx.db.insert(playgroundItems).values(rows).onConflictDoNothing();
  const [counted] = await ctx.db
    .select({
      done: sql<number>`count(*)::int`,
      failed: sql<number>`count(*) filter (where result->'sides' @? '$[*].problem')::int`,
      agreeing: sql<number>`count(*) filter (where result->'agrees' = 'true')::int`,
      compared: sql<number>`count(*) filter (where result->'agrees' <> 'null')::int`,
    })
    .from(playgroundItems)
    .where(and(eq(playgroundItems.workspaceId, workspaceId), eq(playgroundItems.runId, runId)));
  const counts = counted ?? { done: 0, failed: 0, agreeing: 0, compared: 0 };
  const isEnd = counts.done === run.total;
  await ctx.db
    .update(playgroundRuns)
    .set({
      done: counts.done,
      words: describeBatch(run.request, counts),
      ...(isEnd && { state: "done", endedAt: sql`now()` }),
    })
    .where(isRun(ctx, runId));
}

function ended(state: string): DomainError {
  const why = state === "cancelled" ? "was cancelled" : "has ended";
  return new DomainError("conflict", `The batch ${why}. Completed results are kept; start a new batch for the rest.`);
}

interface Counts {
  done: number;
  failed: number;
  agreeing: number;
  compared: number;
}

/** Summarises a batch's results for lists: "flights.csv: 182 of 200 agree, 3 failed". */
function describeBatch(request: unknown, { done, failed, agreeing, compared }: Counts): string {
  const source = (request as { source?: string } | null)?.source ?? "a batch";
  const said = compared > 0 ? `${agreeing} of ${compared} agree` : `${done - failed} succeeded`;
  return `${source}: ${said}${failed > 0 ? `, ${failed} failed` : ""}`;
}
