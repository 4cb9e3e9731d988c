import { runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { type EvaluationQuery, evaluationHref } from "#components/release/evaluation/addresses.ts";
import { ChangedRows, RowsPanel } from "#components/release/evaluation/rows-panel.tsx";
import { scoreClass } from "#components/release/evaluation/score-class.ts";
import { ChoiceMenu } from "#components/ui/choice-menu.tsx";
import type { Context } from "#server/base/context.ts";
import { listChangedRows } from "#server/release/evaluation/comparison/list-changed-rows.ts";
import { listEvaluatedRows } from "#server/release/evaluation/rows/list-evaluated-rows.ts";
import { hasPictures, readRowPictures } from "#server/release/evaluation/rows/read-row-pictures.ts";
import type { ShownEvaluation } from "./result-view.tsx";

const rowPageSize = 100;
/** Pictures are part of the page. */
const picturePageSize = 24;
const changes = ["gained", "lost", "other"] as const;
const results = ["all", "incorrect", "correct"] as const;
const titles = {
  all: "All",
  incorrect: "Incorrect",
  correct: "Correct",
  gained: "Gained",
  lost: "Lost",
  other: "Other",
} as const;

/** Renders rows of the set with their predictions: all, by result, or those that changed against the other version. */
export async function RowsView({ ctx, shown }: { ctx: Context; shown: ShownEvaluation }) {
  const { key, set, run, result, base, comparison, search } = shown;
  const { segment, order, offset } = search;
  const isOfPictures = (await orUndefined("pictures", () => hasPictures(ctx, key))) === true;
  const pageSize = isOfPictures ? picturePageSize : rowPageSize;
  const picturesOf = (rows: readonly { row: number }[]) =>
    isOfPictures
      ? orUndefined("pictures", () =>
          readRowPictures(ctx, { setId: set.id, version: key, rows: rows.map(({ row }) => row) }, runtime().artifacts),
        )
      : undefined;
  const change = comparison?.discordant ? changes.find((each) => each === search.only) : undefined;
  const only = results.find((each) => each === search.only) ?? "all";
  const query: EvaluationQuery = { set, base, segment, only: search.only };
  const hrefOf = (next: EvaluationQuery) => evaluationHref(key, "rows", { ...query, ...next });
  const byLoss = order === "loss" && change === undefined;
  const hasResults = !["regression", "forecast", "ranking"].includes(set.definition.task.kind);
  const kept = byLoss ? { order: "loss" } : {};
  const offered = [...(hasResults ? results : (["all"] as const)), ...(comparison?.discordant ? changes : [])];
  const filters = offered.map((each) => ({
    label: titles[each],
    href: hrefOf({ only: each === "all" ? undefined : each, ...kept }),
    current: each === (change ?? only),
  }));
  const frame = {
    filters,
    dataset: set.definition.dataset,
    scoreOf: scoreClass(set),
    isOfBoxes: set.definition.task.kind === "boxes",
    right: result.segments.length > 0 && (
      <ChoiceMenu
        label="Segment"
        chosen={result.segments.find(({ id }) => id === segment)?.title ?? "all segments"}
        choices={[
          { label: "all segments", href: hrefOf({ segment: undefined, ...kept }) },
          ...result.segments.map(({ id, title }) => ({ label: title, href: hrefOf({ segment: id, ...kept }) })),
        ]}
      />
    ),
  };
  const paging = (total: number) => ({
    offset,
    total,
    previousHref: offset > 0 ? hrefOf({ offset: Math.max(0, offset - pageSize), ...kept }) : undefined,
    nextHref: offset + pageSize < total ? hrefOf({ offset: offset + pageSize, ...kept }) : undefined,
  });
  const page = { ...(segment !== undefined && { segment }), offset, limit: pageSize };
  if (change && base !== undefined) {
    const versions = { setId: set.id, first: key, second: { name: key.name, version: base } };
    const { rows, total } = await found(listChangedRows(ctx, { ...versions, ...page, change }, runtime().artifacts));
    return (
      <ChangedRows
        {...frame}
        rows={rows}
        pictures={await picturesOf(rows)}
        version={key.version}
        base={base}
        paging={paging(total)}
      />
    );
  }
  const { rows, total } = await found(
    listEvaluatedRows(ctx, { id: run.id, ...page, only, order: byLoss ? "loss" : "row" }, runtime().artifacts),
  );
  return (
    <RowsPanel
      {...frame}
      rows={rows}
      pictures={await picturesOf(rows)}
      paging={paging(total)}
      sort={{ isByLoss: byLoss, rowHref: hrefOf({}), lossHref: hrefOf({ order: "loss" }) }}
    />
  );
}
