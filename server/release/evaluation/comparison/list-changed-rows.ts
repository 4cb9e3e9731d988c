import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { changedRows } from "#server/stats/evaluation/changed-rows.ts";
import { type ChangedRowsPage, ListChangedRows } from "../contract.ts";
import { evaluatedRow } from "../rows/evaluated-rows.ts";
import { highestRows } from "../rows/highest-rows.ts";
import { oneAtATime } from "../rows/one-at-a-time.ts";
import { rowsOfSegment } from "../sets/set-rows.ts";
import { loadPair } from "./load-pair.ts";

/**
 * Lists rows on which two versions differ: gained, lost, or incorrect by both in another way; the highest score of the first version first.
 * @throws as compareEvaluations
 */
export async function listChangedRows(
  ctx: Context,
  input: ListChangedRows,
  store: Pick<ArtifactStore, "open">,
): Promise<ChangedRowsPage> {
  permit(ctx, "listChangedRows");
  const { change, segment = null, offset, limit, ...versions } = ListChangedRows.parse(input);
  const { task, set, first, second } = await loadPair(ctx, versions, store);
  const rows = rowsOfSegment(set, segment);
  if (rows === undefined) throw new DomainError("not-found", `The set has no segment "${segment}".`);
  const [a, b] = [first.measured.pairing.columns, second.measured.pairing.columns];
  if (a.answer.length !== set.rows) return { rows: [], total: 0 };
  return oneAtATime(set.rows, async () => {
    const found = changedRows(a, b, { rows, limit: set.rows })[change === "other" ? "otherwise" : change];
    const { isTwoClasses } = first.rows.head;
    const confidence = (row: number) => {
      const score = a.score[row] ?? 0;
      // Of two classes, it is the probability of the one to be found.
      return Number.isNaN(score) ? 0 : isTwoClasses ? Math.max(score, 1 - score) : score;
    };
    const page = highestRows(found, confidence, { offset, limit });
    return {
      total: found.length,
      rows: page.map((position) => {
        const [own, other] = [first, second].map((one) => evaluatedRow(task, set, one.rows, position));
        const said = (row: typeof own) => ({
          prediction: row?.prediction ?? null,
          score: row?.score ?? null,
          loss: row?.loss ?? null,
        });
        return { row: own?.row ?? 0, label: own?.label ?? null, first: said(own), second: said(other) };
      }),
    };
  });
}
