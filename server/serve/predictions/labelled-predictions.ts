import { and, asc, eq, gte, lt, ne, sql } from "drizzle-orm";
import { labelGolds, labelTasks, predictionLabels, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { LabelledPrediction, PredictionRows } from "#server/develop/features/training-sets/contract.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isOutsideGameDays } from "../faults/outside-game-days.ts";
import type { LoggedTensor } from "../protocol/contract.ts";

const pageRows = 1_000;

/**
 * Reads the labelled predictions of an endpoint by the time of their requests, page by page: successful requests of stable and canary versions.
 * Of several with one request id, the first counts. Left out are items by which annotators are measured, since models must not learn them, and what
 * a game day affected.
 * @param inputs names of inputs whose values are wanted
 * @returns undefined in the place of a request with several rows, or without data of a wanted input
 * @throws DomainError "invalid" for an input that the log has redacted
 */
export async function* readLabelledPredictions(
  ctx: Context,
  { endpoint, from, to, time }: PredictionRows,
  inputs: readonly string[],
): AsyncGenerator<(LabelledPrediction | undefined)[]> {
  permit(ctx, "readLabelledPredictions");
  const seen = new Set<string>();
  let after: { at: string; id: string } | undefined;
  for (;;) {
    const rows = await ctx.db
      .select({
        id: predictions.id,
        // With microseconds, which the next page continues after.
        at: sql<string>`(extract(epoch from ${predictions.at}) * 1000000)::bigint::text`,
        eventAt: sql<string | null>`(extract(epoch from ${predictions.eventAt}) * 1000000)::bigint::text`,
        labelAt: sql<string>`(extract(epoch from ${predictionLabels.observedAt}) * 1000000)::bigint::text`,
        requestId: predictions.requestId,
        label: predictionLabels.label,
        inputs: predictions.inputs,
      })
      .from(predictions)
      .innerJoin(
        predictionLabels,
        and(
          eq(predictionLabels.endpointId, predictions.endpointId),
          eq(predictionLabels.requestId, predictions.requestId),
        ),
      )
      .where(
        and(
          eq(predictions.workspaceId, ctx.actor.workspaceId),
          eq(predictions.endpointId, endpoint),
          gte(predictions.at, new Date(from)),
          lt(predictions.at, new Date(to)),
          lt(predictions.status, 400),
          ne(predictions.arm, "shadow"),
          isOutsideGameDays(),
          isNotGold,
          after &&
            sql`(${predictions.at}, ${predictions.id}) > (to_timestamp(0) + ${after.at}::bigint * interval '1 microsecond', ${after.id}::uuid)`,
        ),
      )
      .orderBy(asc(predictions.at), asc(predictions.id))
      .limit(pageRows);
    const fresh = rows.filter(({ requestId }) => !seen.has(requestId) && seen.add(requestId));
    yield fresh.map((row): LabelledPrediction | undefined => {
      const cells = cellsOf((row.inputs ?? []) as LoggedTensor[], inputs);
      if (!cells) return undefined;
      const at = time === "event" && row.eventAt !== null ? row.eventAt : row.at;
      return { requestId: row.requestId, at: BigInt(at), label: row.label, labelAt: BigInt(row.labelAt), cells };
    });
    const last = rows.at(-1);
    if (rows.length < pageRows || !last) return;
    after = last;
  }
}

/** Neither a gold item nor one that became so later. */
const isNotGold = sql`${predictionLabels.selection} <> 'gold' and not exists (
  select from ${labelTasks} join ${labelGolds} on ${labelGolds.taskId} = ${labelTasks.id} and ${labelGolds.isEnabled}
  where ${labelTasks.workspaceId} = ${predictions.workspaceId} and ${labelTasks.requestId} = ${predictions.requestId})`;

function cellsOf(logged: readonly LoggedTensor[], inputs: readonly string[]): LabelledPrediction["cells"] | undefined {
  const cells: LabelledPrediction["cells"] = [];
  for (const name of inputs) {
    const tensor = logged.find((each) => each.name === name);
    if (tensor?.sha256 !== undefined) {
      const message = `The prediction log has input "${name}" redacted, so no rows can be made of it. Choose other inputs, or change what the log redacts.`;
      throw new DomainError("invalid", message);
    }
    if (tensor?.data?.length !== 1 || tensor.encoding) return undefined;
    cells.push(elementValue(tensor.datatype, tensor.data[0] ?? null));
  }
  return cells;
}

/** The log has integers beyond 2^53, NaN and infinities as texts. */
function elementValue(
  datatype: string,
  element: number | string | boolean | null,
): LabelledPrediction["cells"][number] {
  if (element === null || typeof element === "boolean") return element;
  if (/^U?INT/.test(datatype)) return BigInt(element);
  return datatype.startsWith("FP") ? Number(element) : element;
}
