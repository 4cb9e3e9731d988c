import type { EngineCell } from "../offline/engine/messages.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier } from "../offline/engine/sql-text.ts";
import { isTime, microseconds } from "../offline/join/column-expressions.ts";
import { spineKeyNames, spineTable, takenTable } from "../offline/join/join-statements.ts";
import { JoinRefused } from "../offline/join/refuse-join.ts";
import type { TrainingSetRequest, TrainingSetWarning } from "./contract.ts";
import type { HistoryJoin, SpineTable } from "./join-history.ts";

/**
 * Looks for what makes a training set better than what serves: values that were made or arrived after the time of their row, features later
 * than the label, and equal rows in two splits; and for missing values and keys that no view knows.
 * @throws JoinRefused for a column that the rows do not have
 */
export async function checkLeaks(
  engine: OfflineEngine,
  spine: SpineTable,
  { plan, sources }: HistoryJoin,
  { labelTime, split }: Pick<TrainingSetRequest, "labelTime" | "split">,
): Promise<TrainingSetWarning[]> {
  const names = spineKeyNames(plan);
  const rows = await count(engine, `SELECT count(*) FROM ${spineTable}`);
  const warnings: TrainingSetWarning[] = [];
  const add = (kind: TrainingSetWarning["kind"], count: number, at: { view?: string; feature?: string } = {}) => {
    if (count === 0) return;
    warnings.push({ kind, view: at.view ?? null, feature: at.feature ?? null, count, share: count / rows });
  };
  const label = labelTime === null ? undefined : labelExpression(spine, labelTime);
  for (const [index, { view, keys, features }] of plan.views.entries()) {
    const taken = takenTable(index);
    const later = (time: string) => `count_if(taken.${time} > row_of.t)`;
    const labels = label === undefined ? "0" : `count_if(taken.event > ${label})`;
    const counted = [later("created"), later("arrived"), labels, ...features.map((_, at) => `count(taken.f${at})`)];
    const from = `${spineTable} AS row_of JOIN ${taken} AS taken ON taken.n = row_of.n`;
    const rowsOfSpine = label === undefined ? "" : ` JOIN ${spine.table} AS spine ON spine.rowid = row_of.n`;
    const [found = []] = await engine.rows(`SELECT ${counted.join(", ")} FROM ${from}${rowsOfSpine}`);
    const [created, arrived, afterLabel, ...present] = found.map(Number);
    add("created-later", created ?? 0, { view: view.name });
    add("arrived-later", arrived ?? 0, { view: view.name });
    add("later-than-label", afterLabel ?? 0, { view: view.name });
    for (const [at, feature] of features.entries())
      add("nulls", rows - (present[at] ?? 0), { view: view.name, feature });
    const source = sources[index];
    const equal = keys.map(({ name, spine: key }) => `${source?.keys[name]} = spine.${names.get(key)}`);
    if (!source || equal.length === 0) continue;
    const seen = `EXISTS (SELECT 1 FROM ${source.relation} AS source WHERE ${equal.join(" AND ")})`;
    add("unknown-keys", await count(engine, `SELECT count(*) FROM ${spineTable} AS spine WHERE NOT ${seen}`), {
      view: view.name,
    });
  }
  if (split !== null) add("in-two-splits", await sharedRows(engine, spine, split, [...names.values()]));
  return warnings;
}

/** Rows whose keys and time are in more than one split. */
function sharedRows(engine: OfflineEngine, spine: SpineTable, split: string, keys: readonly string[]): Promise<number> {
  requireColumn(spine, split);
  const same = [...keys, "t"].join(", ");
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
