import type { Context } from "#server/base/context.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier } from "../offline/engine/sql-text.ts";
import { isTime, microseconds } from "../offline/join/column-expressions.ts";
import {
  computedTable,
  type JoinSource,
  spineKeyNames,
  spineTable,
  takenTable,
} from "../offline/join/join-statements.ts";
import type { PlannedView } from "../offline/join/plan-join.ts";
import { JoinRefused } from "../offline/join/refuse-join.ts";
import type { TrainingSetRequest, TrainingSetWarning } from "./contract.ts";
import { findPredictingFeatures } from "./find-predicting-features.ts";
import { type FrozenPlace, rowsInFrozenSet } from "./frozen-sets.ts";
import type { HistoryJoin, SpineTable } from "./join-history.ts";
import { splitColumn } from "./split-by-time.ts";

/** What the check needs of a request. */
type CheckedRequest = Pick<
  TrainingSetRequest,
  "features" | "label" | "labelTime" | "split" | "splitByTime" | "frozenSets"
>;

/**
 * Looks for what makes a training set better than what serves: values that were made or arrived after the time of their row, features later
 * than the label, features that predict the label alone, equal rows in two splits, and rows of frozen sets; and for missing values and keys
 * that no view knows.
 * @throws JoinRefused for a column that the rows or a frozen set do not have; DomainError "not-found" for a frozen set
 */
export async function checkLeaks(
  ctx: Context,
  engine: OfflineEngine,
  spine: SpineTable,
  joined: HistoryJoin,
  { features, label: labelColumn, labelTime, frozenSets, ...splits }: CheckedRequest,
  place: FrozenPlace,
): Promise<TrainingSetWarning[]> {
  const { plan } = joined;
  const names = spineKeyNames(plan);
  const rows = await count(engine, `SELECT count(*) FROM ${spineTable}`);
  const warnings: TrainingSetWarning[] = [];
  const add = (
    kind: TrainingSetWarning["kind"],
    count: number,
    { view = null, feature = null }: { view?: string | null; feature?: string | null } = {},
    more: Pick<TrainingSetWarning, "auc" | "frozenSet"> = {},
  ) => {
    if (count === 0) return;
    warnings.push({ kind, view, feature, count, share: count / rows, ...more });
  };
  const label = labelTime === null ? undefined : labelExpression(spine, labelTime);
  for (const [index, { view }] of plan.views.entries()) {
    const taken = takenTable(index);
    const later = (time: string) => `count_if(taken.${time} > row_of.t)`;
    const labels = label === undefined ? "0" : `count_if(taken.event > ${label})`;
    const counted = [later("created"), later("arrived"), labels];
    const from = `${spineTable} AS row_of JOIN ${taken} AS taken ON taken.n = row_of.n`;
    const rowsOfSpine = label === undefined ? "" : ` JOIN ${spine.table} AS spine ON spine.rowid = row_of.n`;
    const [found = []] = await engine.rows(`SELECT ${counted.join(", ")} FROM ${from}${rowsOfSpine}`);
    const [created, arrived, afterLabel] = found.map(Number);
    add("created-later", created ?? 0, { view: view.name });
    add("arrived-later", arrived ?? 0, { view: view.name });
    add("later-than-label", afterLabel ?? 0, { view: view.name });
    add("unknown-keys", await rowsOfUnknownKeys(engine, joined, index), { view: view.name });
  }
  const columns = plan.added.map(({ view, feature }, index) =>
    feature === null
      ? { table: computedTable, column: `e${index}` }
      : { table: takenTable(view), column: `f${feature}` },
  );
  const placeOf = (index: number) => {
    const { view, feature } = features[index] as (typeof features)[number];
    return { view: plan.views[view]?.view.name ?? "", feature };
  };
  for (const [table, ofTable] of Map.groupBy(columns.entries(), ([, column]) => column.table)) {
    const counts = ofTable.map(([, { column }]) => `count(${column})`);
    const [present = []] = await engine.rows(`SELECT ${counts.join(", ")} FROM ${table}`);
    for (const [at, [index]] of ofTable.entries()) add("nulls", rows - Number(present[at] ?? 0), placeOf(index));
  }
  if (labelColumn !== null) {
    requireColumn(spine, labelColumn);
    for (const [index, { auc, rows: evaluated }] of await findPredictingFeatures(engine, spine, labelColumn, columns)) {
      add("predicts-label", evaluated, placeOf(index), { auc });
    }
  }
  const split = splitColumn(splits);
  if (split !== null) add("in-two-splits", await sharedRows(engine, spine, split, [...names.values()]));
  for (const frozenSet of frozenSets) {
    add("in-frozen-set", await rowsInFrozenSet(ctx, engine, plan, frozenSet, place), {}, { frozenSet });
  }
  return warnings;
}

/**
 * Rows whose keys no row of a view's history has. What the join read says so of nearly all keys; files that have no row that could matter to it
 * are asked about the others, so that the count does not depend on how rows were packed.
 */
async function rowsOfUnknownKeys(engine: OfflineEngine, joined: HistoryJoin, index: number): Promise<number> {
  const { plan, sources } = joined;
  const { keys } = plan.views[index] as PlannedView;
  if (keys.length === 0) return 0;
  const source = sources[index] as JoinSource;
  const names = spineKeyNames(plan);
  const own = keys.map(({ spine }) => names.get(spine) as string);
  const isOf = (relation: string, alias: string) => {
    const equal = keys.map(({ name }, at) => `${source.keys[name]} = ${alias}.key${at}`);
    return `EXISTS (SELECT 1 FROM ${relation} AS source WHERE ${equal.join(" AND ")})`;
  };
  const table = `unseen_keys_${index}`;
  const chosen = own.map((name, at) => `${name} AS key${at}`).join(", ");
  await engine.run(
    `CREATE TABLE ${table} AS SELECT * FROM (SELECT DISTINCT ${chosen} FROM ${spineTable}) AS spine
      WHERE ${own.map((_, at) => `spine.key${at} IS NOT NULL`).join(" AND ")} AND NOT ${isOf(source.relation, "spine")}`,
  );
  const left = () => count(engine, `SELECT count(*) FROM ${table}`);
  if ((await left()) > 0) {
    await joined.visitLeftOut(index, {
      hasTimes: false,
      visit: async (relation) => {
        await engine.run(`DELETE FROM ${table} WHERE ${isOf(relation, table)}`);
        return (await left()) > 0;
      },
    });
  }
  const isNull = own.map((name) => `row_of.${name} IS NULL`).join(" OR ");
  const equal = own.map((name, at) => `unseen.key${at} = row_of.${name}`).join(" AND ");
  return count(
    engine,
    `SELECT count(*) FROM ${spineTable} AS row_of
      WHERE ${isNull} OR EXISTS (SELECT 1 FROM ${table} AS unseen WHERE ${equal})`,
  );
}

/** Rows whose keys and time are in more than one split. */
function sharedRows(engine: OfflineEngine, spine: SpineTable, split: string, keys: readonly string[]): Promise<number> {
  requireColumn(spine, split);
  // The rows may have columns of these names.
  const same = [...keys, "t"].map((name) => `row_of.${name}`).join(", ");
  return count(
    engine,
    `SELECT coalesce(sum(of_group.rows), 0) FROM (
      SELECT count(*) AS rows, count(DISTINCT spine.${identifier(split)}) AS splits
      FROM ${spineTable} AS row_of JOIN ${spine.table} AS spine ON spine.rowid = row_of.n GROUP BY ${same}
    ) AS of_group WHERE of_group.splits > 1`,
  );
}

function labelExpression(spine: SpineTable, name: string): string {
  const column = requireColumn(spine, name);
  if (isTime(column)) return microseconds(column, "down", "spine");
  throw new JoinRefused("no-time", `Column "${name}" of the rows must hold times. It holds ${column.type}.`);
}

function requireColumn({ columns }: SpineTable, name: string) {
  const column = columns.find((each) => each.name === name);
  if (column) return column;
  throw new JoinRefused("missing-key", `The rows have no column "${name}".`);
}

async function count(engine: OfflineEngine, sql: string): Promise<number> {
  const [[found] = []] = await engine.rows(sql);
  return Number((found as EngineCell | undefined) ?? 0);
}
