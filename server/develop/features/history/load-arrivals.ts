import type { ViewVersion } from "../contract.ts";
import { layoutOf, slotsOf } from "../definitions/view-features.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { decodeEntityKey } from "../rows/entity-key.ts";
import { versionOfRow } from "../rows/packed-row.ts";
import type { Arrival } from "./arrival-pages.ts";
import {
  cellType,
  historyColumns,
  keyColumn,
  keyKindOf,
  keyTypes,
  onlineColumn,
  storedExpression,
  valueColumn,
} from "./history-columns.ts";

/** Rows of one version of a view's schema in a table of the engine, with the columns of a file of history. */
export interface LoadedArrivals {
  version: number;
  table: string;
  rows: number;
  minKey: Buffer;
  maxKey: Buffer;
  minEventAt: number;
  maxEventAt: number;
  minArrivedAt: number;
  maxArrivedAt: number;
}

/**
 * Loads arrivals into tables of the engine, one for each version of the schema that they have.
 * @param prefix begins the names of the tables
 * @throws Error for a row of a version that the view does not have
 */
export async function loadArrivals(
  engine: OfflineEngine,
  prefix: string,
  versions: ReadonlyMap<number, ViewVersion>,
  pages: AsyncIterable<readonly Arrival[]>,
): Promise<LoadedArrivals[]> {
  const loaded = new Map<number, LoadedArrivals>();
  for await (const page of pages) {
    for (const [number, rows] of Map.groupBy(page, ({ packed }) => versionOfRow(packed))) {
      const version = versions.get(number);
      if (!version) throw new Error(`A row has version ${number} of its view, which is unknown.`);
      const known = loaded.get(number);
      const raw = `${prefix}_${number}_raw`;
      if (!known) await engine.run(`CREATE TABLE ${raw} (${rawColumns(version).join(", ")})`);
      await engine.append(raw, cellsOf(version, rows));
      loaded.set(number, widened(known ?? first(number, `${prefix}_${number}`, rows), rows));
    }
  }
  for (const { version: number, table } of loaded.values()) {
    const version = versions.get(number) as ViewVersion;
    await engine.run(`CREATE VIEW ${table} AS SELECT ${columns(version).join(", ")} FROM ${table}_raw`);
  }
  return [...loaded.values()];
}

function rawColumns(version: ViewVersion): string[] {
  return [
    ...version.entities.map(({ type }, index) => `k${index} ${keyTypes[keyKindOf(type)]}`),
    ...historyColumns.map((name) => `${name} BIGINT`),
    `${onlineColumn} BOOLEAN`,
    ...slotsOf(version).map(({ type }, index) => `f${index} ${cellType(type)}`),
  ];
}

function columns(version: ViewVersion): string[] {
  return [
    ...version.entities.map(({ joinKey }, index) => `k${index} AS ${keyColumn(joinKey)}`),
    ...historyColumns,
    onlineColumn,
    ...slotsOf(version).map(
      ({ name, type }, index) => `${storedExpression(type, `f${index}`)} AS ${valueColumn(name)}`,
    ),
  ];
}

function cellsOf(version: ViewVersion, rows: readonly Arrival[]): EngineCell[][] {
  const types = version.entities.map(({ type }) => type);
  const keys = rows.map(({ key }) => decodeEntityKey(types, key));
  const layout = layoutOf(version);
  const keyCells = types.map((type, index) => {
    return keys.map((key): EngineCell => (type === "int32" ? BigInt(key[index] as number) : (key[index] ?? null)));
  });
  return [
    ...keyCells,
    rows.map(({ eventAt }) => BigInt(eventAt)),
    rows.map(({ createdAt }) => BigInt(createdAt)),
    rows.map(({ arrivedAt }) => BigInt(arrivedAt)),
    rows.map(({ sequence }) => BigInt(sequence)),
    rows.map(({ transaction }) => BigInt(transaction)),
    rows.map(({ isOnline }) => isOnline),
    ...layout.slots.map(({ name, type }) => {
      const read = layout.reader(name, type);
      return rows.map(({ packed }) => read(packed));
    }),
  ];
}

function first(version: number, table: string, [row]: readonly Arrival[]): LoadedArrivals {
  const { key, eventAt, arrivedAt } = row as Arrival;
  return {
    version,
    table,
    rows: 0,
    minKey: key,
    maxKey: key,
    minEventAt: eventAt,
    maxEventAt: eventAt,
    minArrivedAt: arrivedAt,
    maxArrivedAt: arrivedAt,
  };
}

function widened(so: LoadedArrivals, rows: readonly Arrival[]): LoadedArrivals {
  const wide = { ...so, rows: so.rows + rows.length };
  for (const { key, eventAt, arrivedAt } of rows) {
    if (Buffer.compare(key, wide.minKey) < 0) wide.minKey = key;
    if (Buffer.compare(key, wide.maxKey) > 0) wide.maxKey = key;
    wide.minEventAt = Math.min(wide.minEventAt, eventAt);
    wide.maxEventAt = Math.max(wide.maxEventAt, eventAt);
    wide.minArrivedAt = Math.min(wide.minArrivedAt, arrivedAt);
    wide.maxArrivedAt = Math.max(wide.maxArrivedAt, arrivedAt);
  }
  return wide;
}
