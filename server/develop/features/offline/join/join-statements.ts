import { identifier } from "../engine/sql-text.ts";
import { microseconds } from "./column-expressions.ts";
import type { PlannedJoin, PlannedView } from "./plan-join.ts";

/** The rows of a view's history, as expressions of DuckDB over a relation. */
export interface JoinSource {
  /** Table, or a query in parentheses. */
  relation: string;
  /** Join key → expression, as the join compares it (keyExpression). */
  keys: Readonly<Record<string, string>>;
  /** Event time in microseconds, rounded up. */
  event: string;
  /** Created time in microseconds, rounded up; null for a view without. */
  created: string | null;
  /** Time in microseconds from which a row counts, beside its event time; null: from its event time on. */
  known: string | null;
  /** Number of the row in the order of writing: a different one for each, at least 0. */
  order: string;
  /** Feature → expression. */
  features: Readonly<Record<string, string>>;
  /** Further columns of the view's table → expression, for questions about the rows that were taken. */
  kept?: Readonly<Record<string, string>>;
}

export interface JoinSpine {
  relation: string;
  /** Expression for the position of a row, from 0. */
  row: string;
}

/** Table with a row per row of the spine: its position n, its time t in microseconds, and its keys by spineKeyNames. */
export const spineTable = "join_spine";
/** Name of the table with the rows that were taken of a view: n, its features f0, f1, …, and what the source keeps. */
export const takenTable = (view: number) => `join_view_${view}`;
/** Table with what is computed after the join: n, and e0, e1, … by position among the added columns. */
export const computedTable = "join_computed";

/**
 * Writes the point-in-time join of docs/spec/features.md section 13 as statements for DuckDB, in order, and the query of its result: one row
 * per row of the spine, in its order.
 */
export function joinStatements(
  plan: PlannedJoin,
  spine: JoinSpine,
  sources: readonly JoinSource[],
): { statements: string[]; result: string } {
  const keys = spineKeyNames(plan);
  const columns = [
    `${spine.row} AS n`,
    `${microseconds(plan.time, "down", "spine")} AS t`,
    ...[...keys].map(([key, name]) => `${key} AS ${name}`),
  ];
  const narrow = `CREATE TABLE ${spineTable} AS SELECT ${columns.join(", ")} FROM ${spine.relation} AS spine`;
  const views = plan.views.map((view, index) => {
    const source = sources[index] as JoinSource;
    return `CREATE TABLE ${takenTable(index)} AS ${viewQuery(view, source, keys)}`;
  });
  return { statements: [narrow, ...views], result: resultQuery(plan, spine) };
}

/** Returns the names of key columns in the table of the spine, by the key's expression. */
export function spineKeyNames(plan: PlannedJoin): Map<string, string> {
  const expressions = new Set(plan.views.flatMap(({ keys }) => keys.map(({ spine }) => spine)));
  return new Map([...expressions].map((expression, index) => [expression, `k${index}`]));
}

function resultQuery(plan: PlannedJoin, spine: JoinSpine): string {
  const features = plan.added.map(({ view, feature, name }, index) => {
    const column = feature === null ? `${computedTable}.e${index}` : `${takenTable(view)}.f${feature}`;
    return `${column} AS ${identifier(name)}`;
  });
  const tables = [
    ...plan.views.map((_, index) => takenTable(index)),
    ...(plan.added.some(({ feature }) => feature === null) ? [computedTable] : []),
  ];
  const joins = tables.map((table) => `LEFT JOIN ${table} ON ${table}.n = ${spine.row}`);
  return [
    `SELECT ${[`spine.*`, ...features].join(", ")} FROM ${spine.relation} AS spine`,
    ...joins,
    `ORDER BY ${spine.row}`,
  ].join("\n");
}

/** The features of one view by row of the spine; rows without a candidate are missing. */
function viewQuery(
  { view, keys, features: chosen }: PlannedView,
  source: JoinSource,
  names: ReadonlyMap<string, string>,
): string {
  const own = keys.map((_, index) => `key${index}`);
  const read = keys.map(({ name }, index) => `${source.keys[name]} AS ${own[index]}`);
  const created = source.created ?? "NULL::BIGINT";
  const times = [`${source.event} AS event`, `${created} AS created`, `${source.order} AS id`];
  const known = source.known === null ? [] : [`greatest(${source.event}, ${source.known}) AS known`];
  const isUsable = [
    `${source.event} IS NOT NULL`,
    ...(source.known === null ? [] : [`${source.known} IS NOT NULL`]),
    ...keys.map(({ name }) => `${source.keys[name]} IS NOT NULL`),
  ];
  const rows = `SELECT ${[...read, ...times, ...known].join(", ")} FROM ${source.relation} AS source WHERE ${isUsable.join(" AND ")}`;
  const equal = keys.map(({ spine }, index) => `spine.${names.get(spine)} = steps.${own[index]}`);
  const ttl = view.ttlMicros ?? 0n;
  const found = source.known === null ? lastEvents(own, source.created !== null) : lastKnown(own);
  const features = [
    ...chosen.map((feature, index) => `${source.features[feature]} AS f${index}`),
    ...Object.entries(source.kept ?? {}).map(([name, expression]) => `${expression} AS ${name}`),
  ];
  return [
    `WITH rows AS (${rows}),`,
    ...found,
    `found AS (SELECT spine.n, steps.winner FROM ${spineTable} AS spine`,
    `  ASOF JOIN steps ON ${[...equal, "spine.t >= steps.since"].join(" AND ")}`,
    `  WHERE ${ttl > 0n ? `steps.event >= spine.t - ${ttl}` : "TRUE"})`,
    `SELECT ${["found.n", ...features].join(", ")}`,
    `FROM found JOIN ${source.relation} AS source ON ${source.order} = found.winner`,
  ].join("\n");
}

/** Steps at event times: of rows with equal keys and event time, the one created last wins, and then the one written last. */
function lastEvents(keys: readonly string[], hasCreated: boolean): string[] {
  const columns = [...keys, "event"].join(", ");
  return [
    `steps AS (SELECT ${columns}, event AS since, ${lastWritten(hasCreated)} AS winner FROM rows GROUP BY ${columns}),`,
  ];
}

/** The row that was created last, and of these the one written last, in one number: a missing created time is the lowest. */
function lastWritten(hasCreated: boolean): string {
  if (!hasCreated) return "max(id)";
  const both = "CAST(coalesce(created, -9223372036854775807) AS HUGEINT) * 18446744073709551616 + id";
  return `CAST(max(${both}) & 18446744073709551615 AS BIGINT)`;
}

/**
 * Steps at the times from which rows are known. At each the greatest row so far wins, by event time, created time and order of writing:
 * a row with event ≤ t and known ≤ t is one with greatest(event, known) ≤ t, so that one step holds for all times until the next.
 */
function lastKnown(keys: readonly string[]): string[] {
  const partition = keys.length === 0 ? "" : `PARTITION BY ${keys.join(", ")} `;
  const columns = [...keys, ""].join(", ");
  return [
    `ranked AS (SELECT ${columns}known, event, id,`,
    `  row_number() OVER (${partition}ORDER BY event, created NULLS FIRST, id) AS place FROM rows),`,
    `reached AS (SELECT ${columns}known AS since, max(place) OVER (${partition}ORDER BY known) AS place FROM ranked),`,
    `steps AS (SELECT ${keys.map((key) => `reached.${key}, `).join("")}reached.since, ranked.event, ranked.id AS winner`,
    `  FROM (SELECT DISTINCT * FROM reached) AS reached`,
    `  JOIN ranked ON ${[...keys.map((key) => `ranked.${key} = reached.${key}`), "ranked.place = reached.place"].join(" AND ")}),`,
  ];
}
