import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type EvaluatedRows, EvaluationSetDefinition, ListEvaluatedRows } from "../contract.ts";
import { findRun } from "../runs/run-queries.ts";
import { findReadySet } from "../sets/set-queries.ts";
import { rowsOfSegment } from "../sets/set-rows.ts";
import { evaluatedRow } from "./evaluated-rows.ts";
import { highestRows } from "./highest-rows.ts";
import { oneAtATime } from "./one-at-a-time.ts";
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
  return oneAtATime(set.rows, async () => {
    const matching = matchingRows(selected, correct, wanted);
    // A row without a prediction has no loss, and comes first: nothing is worse.
    const lossOf = (row: number) => (Number.isNaN(loss[row]) ? Number.POSITIVE_INFINITY : (loss[row] as number));
    const page =
      order === "loss"
        ? highestRows(matching, lossOf, { offset, limit })
        : Array.from(matching.subarray(offset, offset + limit));
    return { rows: page.map((row) => evaluatedRow(task, set, rows, row)), total: matching.length };
  });
}

function matchingRows(selected: Uint32Array | null, correct: Uint8Array, wanted: number | undefined): Uint32Array {
  const count = selected ? selected.length : correct.length;
  const matching = new Uint32Array(count);
  let found = 0;
  for (let at = 0; at < count; at += 1) {
    const row = selected ? (selected[at] as number) : at;
    if (wanted === undefined || correct[row] === wanted) matching[found++] = row;
  }
  return matching.subarray(0, found);
}
