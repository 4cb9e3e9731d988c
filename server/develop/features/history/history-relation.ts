import type { FeatureType, ViewVersion } from "../contract.ts";
import { haveSameKeys } from "../definitions/compare-versions.ts";
import { slotsOf } from "../definitions/view-features.ts";
import { literal } from "../offline/engine/sql-text.ts";
import type { JoinSource } from "../offline/join/join-statements.ts";
import { knownTime } from "../offline/join/known-time.ts";
import type { Cutoff } from "../offline/join/plan-join.ts";
import {
  historyColumns,
  keyColumn,
  keyKindOf,
  keyTypes,
  onlineColumn,
  storedType,
  valueColumn,
} from "./history-columns.ts";

/** Rows of history by one version of a view's schema: a table of the engine, or files. */
export interface HistoryPart {
  version: number;
  from: { table: string } | { paths: readonly string[] };
  /** Whether the transactions of its rows are of a cluster from which this one was restored. All of them count. */
  isRestored?: boolean;
}

/** What a join reads of a view's history. */
export interface HistoryView {
  /** Whether its rows have a created time of their own. Files have the arrival time in the place of one that is missing. */
  hasCreatedTime: boolean;
  version: ViewVersion;
  versions: ReadonlyMap<number, ViewVersion>;
  features: readonly string[];
}

/**
 * Describes the history of a view to the join. A row of another version counts if that has the same join keys, and lacks a feature that it
 * does not have with the same type.
 * @param horizon only rows of transactions below it
 * @param isMarked whether the relation has two further columns: the version of each row, and whether look-ups were to find it
 */
export function historySource(
  { hasCreatedTime, version, versions, features }: HistoryView,
  parts: readonly HistoryPart[],
  { horizon, cutoff, isMarked = false }: { horizon: string; cutoff: Cutoff; isMarked?: boolean },
): JoinSource {
  const slots = new Map(slotsOf(version).map(({ name, type }) => [name, type]));
  const chosen = features.map((name) => ({ name, type: slots.get(name) as FeatureType }));
  const keys = version.entities.map(({ joinKey }) => joinKey);
  const readable = parts.filter((part) => {
    const of = versions.get(part.version);
    return of !== undefined && haveSameKeys(of, version);
  });
  const queries = readable.map((part) => {
    const has = new Map(slotsOf(versions.get(part.version) as ViewVersion).map(({ name, type }) => [name, type]));
    const values = chosen.map(({ name, type }) =>
      has.get(name) === type ? valueColumn(name) : `NULL::${storedType(type)} AS ${valueColumn(name)}`,
    );
    const marks = isMarked ? [`${part.version} AS version`, `coalesce(${onlineColumn}, true) AS ${onlineColumn}`] : [];
    const columns = [...keys.map(keyColumn), ...historyColumns, ...values, ...marks];
    const counts = part.isRestored ? "TRUE" : `transaction < ${BigInt(horizon)}`;
    return `SELECT ${columns.join(", ")} FROM ${isMarked ? markedRelation(part) : relationOf(part)} WHERE ${counts}`;
  });
  const created = hasCreatedTime ? "source.created" : null;
  return {
    relation: queries.length > 0 ? `(${queries.join(" UNION ALL ")})` : emptyRelation(version, chosen, isMarked),
    keys: Object.fromEntries(keys.map((key) => [key, `source.${keyColumn(key)}`])),
    event: "source.event",
    created,
    known: knownTime(cutoff, { created, arrived: "source.arrived" }),
    order: "source.sequence",
    features: Object.fromEntries(chosen.map(({ name }) => [name, `source.${valueColumn(name)}`])),
  };
}

function relationOf({ from }: HistoryPart): string {
  return "table" in from ? from.table : `read_parquet([${from.paths.map(literal).join(", ")}])`;
}

/** The rows with the column that files of earlier releases lack. */
function markedRelation({ from }: HistoryPart): string {
  if ("table" in from) return from.table;
  const files = `read_parquet([${from.paths.map(literal).join(", ")}], union_by_name = true)`;
  return `(SELECT NULL::BOOLEAN AS ${onlineColumn} WHERE false UNION ALL BY NAME SELECT * FROM ${files})`;
}

function emptyRelation(
  version: ViewVersion,
  features: readonly { name: string; type: FeatureType }[],
  isMarked: boolean,
): string {
  const columns = [
    ...version.entities.map(({ joinKey, type }) => `NULL::${keyTypes[keyKindOf(type)]} AS ${keyColumn(joinKey)}`),
    ...historyColumns.map((name) => `NULL::BIGINT AS ${name}`),
    ...features.map(({ name, type }) => `NULL::${storedType(type)} AS ${valueColumn(name)}`),
    ...(isMarked ? ["NULL::INTEGER AS version", `NULL::BOOLEAN AS ${onlineColumn}`] : []),
  ];
  return `(SELECT ${columns.join(", ")} WHERE false)`;
}
