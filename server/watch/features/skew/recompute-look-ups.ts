import type { FeatureType, ScalarValue, StoreValue, ViewVersion } from "#server/develop/features/contract.ts";
import type { DefinedView } from "#server/develop/features/definitions/definitions.ts";
import { slotsOf } from "#server/develop/features/definitions/view-features.ts";
import { keyColumn, keyKindOf, keyTypes } from "#server/develop/features/history/history-columns.ts";
import { historySource } from "#server/develop/features/history/history-relation.ts";
import type { ReadView } from "#server/develop/features/history/read-history.ts";
import type { EngineCell } from "#server/develop/features/offline/engine/messages.ts";
import type { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { decodeEntityKey } from "#server/develop/features/rows/entity-key.ts";
import type { HistoryRow, RecomputedLookUp } from "./judge-value.ts";
import {
  knownTable,
  lookedUpTable,
  readOnce,
  recomputeStatements,
  sameTable,
  trueTable,
} from "./recompute-statements.ts";

/** A look-up of one key. Times are microseconds since 1970. */
export interface AskedLookUp {
  /** Entity key; null if a part of it was null, which nothing equals. */
  key: Buffer | null;
  servedAt: number;
  eventAt: number | null;
  createdAt: number | null;
}

/** What the history has for a look-up, as JudgedValue takes it. */
export type FoundRows = Pick<RecomputedLookUp, "known" | "truth" | "same">;

const maxIds = 10_000_000;
/** Rows of history that are fetched with their values at once. */
const maxRows = 20_000;

/**
 * The history of one view in the engine, in which the rows for look-ups are found. All of it is read once; each question reads the part with the
 * keys that are asked for.
 */
export class RecomputedHistory {
  private readonly engine: OfflineEngine;
  private readonly view: DefinedView;
  private readonly read: ReadView;
  private readonly horizon: string;
  private isRead = false;

  /** @param read of readHistory, with the state that it names */
  constructor(engine: OfflineEngine, read: ReadView, horizon: string) {
    this.engine = engine;
    this.view = read.view;
    this.read = read;
    this.horizon = horizon;
  }

  /**
   * Finds the rows of the history for look-ups by one version of the view, in their order.
   * @param features names of what rows store, whose values are wanted
   * @param isTrueWanted whether what is true is wanted: late rows had time to arrive
   * @throws as OfflineEngine.run
   */
  async find(
    lookUps: readonly AskedLookUp[],
    version: ViewVersion,
    { features, isTrueWanted }: { features: readonly string[]; isTrueWanted: boolean },
  ): Promise<FoundRows[]> {
    const { engine, view } = this;
    const joinKeys = version.entities.map(({ joinKey }) => joinKey);
    const source = this.sourceOf(version, features);
    if (!this.isRead) await engine.run(readOnce(this.sourceOf(version, []).relation, joinKeys));
    this.isRead = true;
    await this.load(lookUps, version);
    const joined = {
      name: view.name,
      keys: version.entities.map(({ joinKey, type }) => ({ name: joinKey, kind: keyKindOf(type) })),
      ttlMicros: view.ttlUs === null ? null : BigInt(view.ttlUs),
      hasCreatedTime: view.createdTimeColumn !== null,
    };
    for (const statement of recomputeStatements(joined, isTrueWanted)) await engine.run(statement);
    const pairs = async (sql: string) => {
      const found = await engine.rows(sql, maxIds);
      return Map.groupBy(found, ([n]) => Number(n));
    };
    const known = await pairs(`SELECT n, id FROM ${knownTable} ORDER BY n, step`);
    const truth = isTrueWanted ? await pairs(`SELECT n, id FROM ${trueTable}`) : undefined;
    const same = await pairs(`SELECT n, id FROM ${sameTable} ORDER BY n, id`);
    const wanted = new Set<bigint>();
    for (const found of [known, truth, same]) {
      for (const rows of found?.values() ?? []) for (const [, id] of rows) if (id !== null) wanted.add(id as bigint);
    }
    const byId = await this.rowsOf([...wanted], source.relation, version, features);
    const rowOf = ([, id]: EngineCell[]) => (id === null ? null : (byId.get(id as bigint) ?? null));
    return lookUps.map(({ key }, n) => ({
      // Nothing equals a null key: neither in the store nor in the history.
      known: key === null ? [null] : known.get(n)?.map(rowOf),
      truth: truth && (truth.get(n)?.map(rowOf)[0] ?? null),
      same: (same.get(n) ?? []).flatMap((row) => rowOf(row) ?? []),
    }));
  }

  private sourceOf(version: ViewVersion, features: readonly string[]) {
    const { view, read, horizon } = this;
    const wanted = {
      hasCreatedTime: view.createdTimeColumn !== null,
      version,
      versions: view.versions,
      features,
    };
    return historySource(wanted, read.parts, { horizon, cutoff: "event", isMarked: true });
  }

  private async load(lookUps: readonly AskedLookUp[], version: ViewVersion): Promise<void> {
    const types = version.entities.map(({ type }) => type);
    const columns = [
      "n BIGINT",
      "served BIGINT",
      "event BIGINT",
      "created BIGINT",
      ...version.entities.map(({ joinKey, type }) => `${keyColumn(joinKey)} ${keyTypes[keyKindOf(type)]}`),
    ];
    await this.engine.run(`CREATE OR REPLACE TABLE ${lookedUpTable} (${columns.join(", ")})`);
    const asked = [...lookUps.entries()].filter(([, { key }]) => key !== null);
    if (asked.length === 0) return;
    const keys = asked.map(([, { key }]) => decodeEntityKey(types, key as Buffer));
    const micros = (time: number | null) => (time === null ? null : BigInt(time));
    await this.engine.append(lookedUpTable, [
      asked.map(([n]) => BigInt(n)),
      asked.map(([, { servedAt }]) => BigInt(servedAt)),
      asked.map(([, { eventAt }]) => micros(eventAt)),
      asked.map(([, { createdAt }]) => micros(createdAt)),
      ...types.map((_, index) => keys.map((key) => keyCell(key[index] ?? null))),
    ]);
  }

  private async rowsOf(
    ids: readonly bigint[],
    relation: string,
    version: ViewVersion,
    features: readonly string[],
  ): Promise<Map<bigint, HistoryRow>> {
    const types = new Map(slotsOf(version).map(({ name, type }) => [name, type]));
    const source = this.sourceOf(version, features);
    const columns = ["sequence", "version", "event", "created", "arrived", "online"];
    const values = features.map((name) => source.features[name]);
    const rows = new Map<bigint, HistoryRow>();
    for (let start = 0; start < ids.length; start += maxRows) {
      await this.engine.run("CREATE OR REPLACE TABLE wanted_rows (id BIGINT)");
      await this.engine.append("wanted_rows", [ids.slice(start, start + maxRows)]);
      const select = `SELECT ${[...columns.map((name) => `source.${name}`), ...values].join(", ")}`;
      const found = await this.engine.rows(
        `${select} FROM ${relation} AS source SEMI JOIN wanted_rows ON source.sequence = wanted_rows.id`,
        maxRows,
      );
      for (const [id, version, eventAt, createdAt, arrivedAt, isOnline, ...cells] of found) {
        rows.set(id as bigint, {
          id: id as bigint,
          version: Number(version),
          eventAt: Number(eventAt),
          createdAt: Number(createdAt),
          arrivedAt: Number(arrivedAt),
          isOnline: isOnline === true,
          values: new Map(
            features.map((name, index) => [name, storeValue(types.get(name) as FeatureType, cells[index] ?? null)]),
          ),
        });
      }
    }
    return rows;
  }
}

/** The engine has keys of every width of integers as 64 bits. */
function keyCell(value: ScalarValue | null): EngineCell {
  return typeof value === "number" ? BigInt(value) : value;
}

/** The engine returns what the store holds, except for the width of integers. */
function storeValue(type: FeatureType, cell: EngineCell): StoreValue {
  if (cell === null) return null;
  if (type === "int32") return Number(cell);
  return cell as StoreValue;
}
