import { keyColumn, keyTypes, onlineColumn } from "#server/develop/features/history/history-columns.ts";
import {
  type JoinSource,
  joinStatements,
  spineTable,
  takenTable,
} from "#server/develop/features/offline/join/join-statements.ts";
import { type JoinedView, planJoin } from "#server/develop/features/offline/join/plan-join.ts";
import { visibleAfterUs } from "./judge-value.ts";

/** Table of look-ups: position n, time `served`, times of the row that was served, and keys as the history has them. All times are microseconds. */
export const lookedUpTable = "looked_up";
/** Table of the complete history without values, and of the part whose keys were looked up. */
const historyTable = "history_rows";
const candidateTable = "candidates";
/** Tables of the answer: n and the id of a row. */
export const [knownTable, trueTable, sameTable] = ["known_rows", "true_rows", "same_rows"] as const;

/** Newer rows that may arrive around a look-up; with more, nobody can tell which of them was to be served. */
const maxKnown = 100;
const maxSame = 10;

/** Writes the statement that reads the history of a view once, for any number of look-ups. @param relation of historySource, with marks */
export function readOnce(relation: string, joinKeys: readonly string[]): string {
  const columns = [...joinKeys.map(keyColumn), "event", "created", "arrived", "sequence", onlineColumn];
  return `CREATE OR REPLACE TABLE ${historyTable} AS SELECT ${columns.join(", ")} FROM ${relation} AS source WHERE event IS NOT NULL`;
}

/**
 * Writes the statements that find the rows of the history for look-ups: which the store may have served, which is true by what is known today, and
 * which have the times of the one that was served (docs/spec/features.md section 18.1).
 * @param hasCreatedTime whether rows have a created time of their own
 * @param isTrueWanted whether late rows had time to arrive
 */
export function recomputeStatements(view: JoinedView & { hasCreatedTime: boolean }, isTrueWanted: boolean): string[] {
  const keys = view.keys.map(({ name }) => keyColumn(name));
  return [
    ...[candidateTable, knownTable, trueTable, sameTable, "known_steps", spineTable, takenTable(0)].map(
      (table) => `DROP TABLE IF EXISTS ${table}`,
    ),
    keys.length === 0
      ? `CREATE TABLE ${candidateTable} AS SELECT * FROM ${historyTable}`
      : `CREATE TABLE ${candidateTable} AS SELECT * FROM ${historyTable} SEMI JOIN (SELECT DISTINCT ${keys.join(", ")} FROM ${lookedUpTable}) AS wanted USING (${keys.join(", ")})`,
    ...knownStatements(keys),
    ...(isTrueWanted ? trueStatements(view) : []),
    sameStatement(keys),
  ];
}

/**
 * The store keeps the greatest row by event time, created time and order of writing, whatever the order of arrival: a running maximum over
 * arrivals. A look-up may have found what had arrived a second before, or each newer row until a second after.
 */
function knownStatements(keys: readonly string[]): string[] {
  const of = (table: string) => keys.map((key) => `${table}.${key}, `).join("");
  const partition = keys.length === 0 ? "" : `PARTITION BY ${keys.join(", ")} `;
  const equal = (table: string) => keys.map((key) => `spine.${key} = ${table}.${key} AND `).join("");
  const using = [...keys, "place"].join(", ");
  const steps = `
    WITH ranked AS (SELECT ${of("c")}sequence, arrived, row_number() OVER (${partition}ORDER BY event, created, sequence) AS place
      FROM ${candidateTable} AS c WHERE ${onlineColumn}),
    reached AS (SELECT ${of("ranked")}arrived, max(place) OVER (${partition}ORDER BY arrived) AS place FROM ranked),
    firsts AS (SELECT ${of("reached")}place, min(arrived) AS since FROM reached GROUP BY ${using})
    SELECT ${of("firsts")}since, ranked.sequence AS id, row_number() OVER (${keys.length === 0 ? "" : `PARTITION BY ${keys.map((key) => `firsts.${key}`).join(", ")} `}ORDER BY since) AS step
    FROM firsts JOIN ranked USING (${using})`;
  const known = `
    WITH bounds AS (SELECT spine.*, coalesce(earlier.step, 0) AS low, coalesce(later.step, 0) AS high
      FROM ${lookedUpTable} AS spine
      ASOF LEFT JOIN known_steps AS earlier ON ${equal("earlier")}spine.served - ${visibleAfterUs} >= earlier.since
      ASOF LEFT JOIN known_steps AS later ON ${equal("later")}spine.served + ${visibleAfterUs} >= later.since),
    wanted AS (SELECT *, unnest(range(low, high + 1)) AS step FROM bounds WHERE high - low <= ${maxKnown})
    SELECT spine.n, spine.step, known_steps.id FROM wanted AS spine
    LEFT JOIN known_steps ON ${equal("known_steps")}spine.step = known_steps.step`;
  return [`CREATE TABLE known_steps AS ${steps}`, `CREATE TABLE ${knownTable} AS ${known}`];
}

/** The join of training sets, of all that is known today. */
function trueStatements({ hasCreatedTime, ...view }: JoinedView & { hasCreatedTime: boolean }): string[] {
  const time = (micros: string) => `make_timestamp(${micros}) AT TIME ZONE 'UTC'`;
  const zoned = "TIMESTAMP WITH TIME ZONE";
  const keys = view.keys.map(({ name, kind }, index) => {
    const isTime = kind === "time";
    const value = isTime ? time(keyColumn(name)) : keyColumn(name);
    return { joinKey: name, name: `key${index}`, type: isTime ? zoned : keyTypes[kind], value };
  });
  const spine = [{ name: "event_timestamp", type: zoned }, ...keys.map(({ name, type }) => ({ name, type }))];
  const keyMap = Object.fromEntries(keys.map(({ joinKey, name }) => [joinKey, name]));
  const columns = [
    "n",
    `${time("served")} AS event_timestamp`,
    ...keys.map(({ name, value }) => `${value} AS ${name}`),
  ];
  const source: JoinSource = {
    relation: candidateTable,
    keys: Object.fromEntries(view.keys.map(({ name }) => [name, `source.${keyColumn(name)}`])),
    event: "source.event",
    created: hasCreatedTime ? "source.created" : null,
    known: null,
    order: "source.sequence",
    features: {},
    kept: { id: "source.sequence" },
  };
  const plan = planJoin(spine, [{ ...view, keyMap }], [], { fullNames: false, foldsCase: false });
  const relation = `(SELECT ${columns.join(", ")} FROM ${lookedUpTable})`;
  return [
    ...joinStatements(plan, { relation, row: "spine.n" }, [source]).statements,
    `CREATE TABLE ${trueTable} AS SELECT n, id FROM ${takenTable(0)}`,
  ];
}

/** What had arrived by then; of many, the last ones. */
function sameStatement(keys: readonly string[]): string {
  const equal = keys.map((key) => `spine.${key} = source.${key} AND `).join("");
  return `CREATE TABLE ${sameTable} AS SELECT spine.n, unnest(list_slice(list(source.sequence ORDER BY source.sequence DESC), 1, ${maxSame})) AS id
    FROM ${lookedUpTable} AS spine JOIN ${candidateTable} AS source
      ON ${equal}spine.event = source.event AND spine.created = source.created AND source.arrived <= spine.served + ${visibleAfterUs}
    GROUP BY spine.n`;
}
