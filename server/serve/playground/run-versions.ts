import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { playgroundRuns } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitAnyEndpoint } from "../endpoints/permit-endpoint.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import type { RunResult } from "../runner/contract.ts";
import type { ModelRunner } from "../runner/model-runner.ts";
import { type RanSide, type RanVersions, RunVersions, type Side, type StoredRunResult } from "./contract.ts";
import { differenceOf } from "./difference.ts";
import { problemOf } from "./problem.ts";
import { insertRun, isRun } from "./run-rows.ts";
import { summarisePrediction } from "./summarise-prediction.ts";

/** Maximum number of elements of one tensor stored in the history, and of characters of a raw response. */
const maxElements = 10_000;
const maxLength = 64 * 1024;

/**
 * Runs one or two versions on the same inputs, computes the differences between their predictions, and adds the run to the history. A
 * version that fails returns its reason and does not affect the other.
 * @throws DomainError "forbidden"; "invalid" when the request itself cannot be read
 */
export async function runVersions(ctx: Context, models: ModelRunner, input: RunVersions): Promise<RanVersions> {
  permit(ctx, "runPlayground");
  permitAnyEndpoint(ctx, "run versions without an endpoint");
  const { model, sides, inputs, via, replaces } = RunVersions.parse(input);
  const startedAt = new Date();
  const ran = await runSides(ctx, models, sides, inputs);
  const [a, b] = ran.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const difference = a && b ? differenceOf(a.outputs, b.outputs, a.labels) : [];
  const hasResponse = ran.some((each) => "answer" in each);
  const [first] = ran;
  const runId = await transact(ctx, async (ctx) => {
    if (replaces) await deleteRun(ctx, replaces);
    return insertRun(ctx, {
      kind: "run",
      state: hasResponse ? "done" : "failed",
      modelName: model,
      sides,
      startedAt,
      request: { inputs, via },
      result: { ran: ran.map(toStored), difference } satisfies StoredRunResult,
      words: wordsOf(ran),
      problem: !hasResponse && first && "problem" in first ? first.problem.message : undefined,
    });
  });
  return { runId, ran, difference };
}

/**
 * Runs the sides one after the other: at the same time they would slow each other down, and their latencies could not be compared.
 * @throws DomainError "forbidden"
 */
export async function runSides(ctx: Context, models: ModelRunner, sides: readonly Side[], inputs: unknown[]) {
  const ran: RanSide[] = [];
  for (const side of sides) ran.push(await runSide(ctx, models, side, inputs));
  return ran;
}

/** Runs one side; what is wrong with the version or the input is an outcome. @throws DomainError "forbidden" */
async function runSide(ctx: Context, models: ModelRunner, side: Side, inputs: unknown[]): Promise<RanSide> {
  const { versionId, provider, outputs } = side;
  try {
    return { answer: await models.run(ctx, { versionId, inputs, outputs, providers: provider ? [provider] : [] }) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** Deletes an earlier stroke of the same drawing: only a run of the same user, minutes old, that nothing refers to. */
async function deleteRun(ctx: Context, id: string): Promise<void> {
  const child = sql`exists (select from playground_runs child where child.parent_id = ${playgroundRuns.id})`;
  await ctx.db
    .delete(playgroundRuns)
    .where(
      and(
        isRun(ctx, id),
        eq(playgroundRuns.kind, "run"),
        isNull(playgroundRuns.parentId),
        eq(playgroundRuns.startedById, ctx.actor.id),
        gt(playgroundRuns.startedAt, sql`now() - interval '10 minutes'`),
        sql`not ${child}`,
      ),
    );
}

/** Prepares a result for the history: large tensors without their data, long responses omitted. */
function toStored(ran: RanSide): RanSide {
  if ("problem" in ran) return ran;
  const { answer: prediction } = ran;
  const kept: RunResult = {
    ...prediction,
    outputs: prediction.outputs.map(small),
    seen: prediction.seen.map(small),
    response: prediction.response.length <= maxLength ? prediction.response : "",
  };
  return { answer: kept };
}

function small({ data, ...tensor }: LoggedTensor): LoggedTensor {
  return data && data.length <= maxElements ? { ...tensor, data } : tensor;
}

/** Summarises the results: "7", or "7 and 1" if two versions predict differently. */
function wordsOf(ran: readonly RanSide[]): string {
  const said = ran.map((each) => ("answer" in each ? summarisePrediction(each.answer).text : "no result"));
  return [...new Set(said)].join(" and ");
}
