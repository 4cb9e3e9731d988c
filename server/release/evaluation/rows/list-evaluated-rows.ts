import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type EvaluatedRows, EvaluationSetDefinition, ListEvaluatedRows } from "../contract.ts";
import { findRun } from "../runs/run-queries.ts";
import { findReadySet } from "../sets/set-queries.ts";
import { rowsOfSegment } from "../sets/set-rows.ts";
import { evaluatedRow } from "./evaluated-rows.ts";
import { readRunRows, readSetRowsOf } from "./read-rows.ts";

/**
 * Lists rows of a finished evaluation with label and prediction, of all rows or of a segment, in the order of the file or by loss, highest first.
 * @throws DomainError "not-found" for the run or the segment; "conflict" until it is done
 */
export async function listEvaluatedRows(
  ctx: Context,
  input: ListEvaluatedRows,
  store: Pick<ArtifactStore, "open">,
): Promise<EvaluatedRows> {
  permit(ctx, "listEvaluatedRows");
  const { id, segment, only, order, offset, limit } = ListEvaluatedRows.parse(input);
  const { run } = await findRun(ctx, id, "evaluation");
  const found = await findReadySet(ctx, run.setId);
  const { task } = EvaluationSetDefinition.parse(found.definition);
  const set = await readSetRowsOf(found, store);
  const rows = await readRunRows(run, store);
  const { correct, loss } = rows.columns as { correct: Uint8Array; loss: Float32Array };
  const selected = rowsOfSegment(set, segment ?? null);
  if (selected === undefined) throw new DomainError("not-found", `The set has no segment "${segment}".`);
  const wanted = only === "all" ? undefined : Number(only === "correct");
  const matching = Array.from(selected ?? { length: set.rows }, (row, at) => row ?? at).filter(
    (row) => wanted === undefined || correct[row] === wanted,
  );
  // A row without a prediction has no loss, and comes first: nothing is worse.
  const lossOf = (row: number) => (Number.isNaN(loss[row]) ? Number.POSITIVE_INFINITY : (loss[row] as number));
  if (order === "loss") {
    matching.sort((a, b) => (lossOf(a) === lossOf(b) ? a - b : lossOf(b) - lossOf(a)));
  }
  const page = matching.slice(offset, offset + limit);
  return { rows: page.map((row) => evaluatedRow(task, set, rows, row)), total: matching.length };
}
