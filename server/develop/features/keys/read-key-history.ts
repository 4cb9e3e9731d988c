import { join } from "node:path";
import { and, desc, eq, gte, isNull, lte } from "drizzle-orm";
import { featureArrivals, featureFiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { KeyType, ScalarValue, StoreValue, ViewVersion } from "../contract.ts";
import { haveSameKeys } from "../definitions/compare-versions.ts";
import type { DefinedView } from "../definitions/definitions.ts";
import { layoutOf, slotsOf } from "../definitions/view-features.ts";
import { keyColumn, onlineColumn, valueColumn } from "../history/history-columns.ts";
import type { HistoryPlace } from "../history/pack-view.ts";
import { stageFile } from "../history/stage-file.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { makeScratchFolder, removeScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { decodeEntityKey } from "../rows/entity-key.ts";

/** A row of a key, in an arrival or in a file. Times are microseconds since 1970. */
export interface KeyRow {
  eventAt: number;
  createdAt: number;
  arrivedAt: number;
  sequence: number;
  packed: Buffer;
  /** Null for a row of a file. */
  origin: string | null;
  /** Whether look-ups were to find it; the others were written to the history alone. */
  isOnline: boolean;
}

interface Wanted {
  /** Only rows with an event time up to this one, in microseconds since 1970. */
  eventUntil: number;
  /** Only rows that had arrived by then. */
  arrivedUntil: number;
  /** Only rows that look-ups were to find. */
  isServed?: boolean;
  limit: number;
}

export interface KeyHistory {
  /** By event time, created time and order of writing, the greatest first. */
  rows: KeyRow[];
  hasOlder: boolean;
}

/** Most bytes of files that are copied to read one key. */
const maxStagedBytes = 512 * 2 ** 20;

type FileRow = typeof featureFiles.$inferSelect;

/**
 * Reads rows of keys: those that are in no file yet, and those of files whose range of keys has it, from the newest event on. Files that
 * cannot have one of the wanted rows are not opened. Only for processes that run from source.
 */
export class KeyHistoryReader {
  private readonly ctx: Context;
  private readonly artifacts: ArtifactStore;
  private readonly scratch: string;
  private readonly staged = new Map<string, string>();
  private stagedBytes = 0;
  private opened: { folder: string; engine: OfflineEngine } | undefined;

  constructor(ctx: Context, { artifacts, scratch }: HistoryPlace) {
    this.ctx = ctx;
    this.artifacts = artifacts;
    this.scratch = scratch;
  }

  async read(view: DefinedView, key: Buffer, wanted: Wanted): Promise<KeyHistory> {
    const { arrivals: found, files } = await readStored(this.ctx, view, key, wanted);
    for (const file of files) {
      const end = found[wanted.limit];
      if (end && end.eventAt > file.maxEventAt) break;
      const path = await this.stage(file);
      if (path === undefined) return { rows: found.slice(0, wanted.limit), hasOlder: true };
      const version = view.versions.get(file.version) as ViewVersion;
      const { engine } = await this.open();
      found.push(...(await rowsOfFile(engine, path, version, key, wanted)));
      found.sort(newestFirst);
    }
    return { rows: found.slice(0, wanted.limit), hasOlder: found.length > wanted.limit };
  }

  /** Ends the engine, and removes what was copied. */
  async close(): Promise<void> {
    if (!this.opened) return;
    this.opened.engine.close();
    await removeScratchFolder(this.opened.folder);
  }

  /** Copies a file to where the engine reads it; undefined if that would be too much for one key. */
  private async stage(file: FileRow): Promise<string | undefined> {
    const known = this.staged.get(file.id);
    if (known !== undefined) return known;
    if (this.stagedBytes > 0 && this.stagedBytes + file.sizeBytes > maxStagedBytes) return undefined;
    this.stagedBytes += file.sizeBytes;
    const { folder } = await this.open();
    const path = join(folder, `${file.id}.parquet`);
    await stageFile(this.artifacts, file, path);
    this.staged.set(file.id, path);
    return path;
  }

  private async open(): Promise<{ folder: string; engine: OfflineEngine }> {
    if (this.opened) return this.opened;
    const folder = await makeScratchFolder(this.scratch);
    try {
      this.opened = { folder, engine: await OfflineEngine.open({ folder, settings: { threads: 1 } }) };
      return this.opened;
    } catch (error) {
      await removeScratchFolder(folder);
      throw error;
    }
  }
}

/** Reads arrivals and the list of files in one snapshot: packing moves rows from one to the other. */
function readStored(
  ctx: Context,
  view: DefinedView,
  key: Buffer,
  { eventUntil, arrivedUntil, isServed, limit }: Wanted,
) {
  const { workspaceId } = ctx.actor;
  return ctx.db.transaction(
    async (db) => {
      const arrivals: KeyRow[] = await db
        .select({
          eventAt: featureArrivals.eventAt,
          createdAt: featureArrivals.createdAt,
          arrivedAt: featureArrivals.arrivedAt,
          sequence: featureArrivals.sequence,
          packed: featureArrivals.packed,
          origin: featureArrivals.origin,
          isOnline: featureArrivals.isOnline,
        })
        .from(featureArrivals)
        .where(
          and(
            eq(featureArrivals.viewNumber, view.number),
            eq(featureArrivals.workspaceId, workspaceId),
            eq(featureArrivals.key, key),
            lte(featureArrivals.eventAt, eventUntil),
            lte(featureArrivals.arrivedAt, arrivedUntil),
            isServed ? eq(featureArrivals.isOnline, true) : undefined,
          ),
        )
        .orderBy(desc(featureArrivals.eventAt), desc(featureArrivals.createdAt), desc(featureArrivals.sequence))
        .limit(limit + 1);
      const files = await db
        .select()
        .from(featureFiles)
        .where(
          and(
            eq(featureFiles.workspaceId, workspaceId),
            eq(featureFiles.viewId, view.id),
            isNull(featureFiles.replacedAt),
            lte(featureFiles.minKey, key),
            gte(featureFiles.maxKey, key),
            lte(featureFiles.minEventAt, eventUntil),
            lte(featureFiles.minArrivedAt, arrivedUntil),
          ),
        )
        .orderBy(desc(featureFiles.maxEventAt), desc(featureFiles.id));
      return { arrivals, files: files.filter(({ version }) => hasPresentKeys(view, version)) };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

/** Whether rows of a version are still found: a view whose join keys changed has begun anew. */
function hasPresentKeys(view: DefinedView, number: number): boolean {
  const since = [...view.versions.values()].filter(({ version }) => version >= number);
  return view.versions.has(number) && since.every((version) => haveSameKeys(version, view.current));
}

async function rowsOfFile(
  engine: OfflineEngine,
  path: string,
  version: ViewVersion,
  key: Buffer,
  { eventUntil, arrivedUntil, isServed, limit }: Wanted,
): Promise<KeyRow[]> {
  const types = version.entities.map(({ type }) => type);
  const values = decodeEntityKey(types, key);
  const isKey = version.entities.map(
    ({ joinKey, type }, index) => `${keyColumn(joinKey)} = ${keyLiteral(type, values[index] as ScalarValue)}`,
  );
  const isFound = `coalesce(${onlineColumn}, true)`;
  const conditions = [...isKey, `event <= ${eventUntil}`, `arrived <= ${arrivedUntil}`, ...(isServed ? [isFound] : [])];
  const slots = slotsOf(version);
  const columns = ["event", "created", "arrived", "sequence", isFound, ...slots.map(({ name }) => valueColumn(name))];
  // Files of earlier releases lack the column.
  const rows = `(SELECT NULL::BOOLEAN AS ${onlineColumn} WHERE false UNION ALL BY NAME SELECT * FROM read_parquet(${literal(path)}))`;
  const found = await engine.rows(
    `SELECT ${columns.join(", ")} FROM ${rows} WHERE ${conditions.join(" AND ")}
    ORDER BY event DESC, created DESC, sequence DESC LIMIT ${limit + 1}`,
    limit + 1,
  );
  const layout = layoutOf(version);
  return found.map(([eventAt, createdAt, arrivedAt, sequence, isOnline, ...cells]) => ({
    eventAt: Number(eventAt),
    createdAt: Number(createdAt),
    arrivedAt: Number(arrivedAt),
    sequence: Number(sequence),
    packed: layout.pack(cells as StoreValue[]),
    origin: null,
    isOnline: isOnline === true,
  }));
}

function keyLiteral(type: KeyType, value: ScalarValue): string {
  if (type === "string") return literal(value as string);
  if (type === "bool") return value === true ? "TRUE" : "FALSE";
  if (type === "bytes") return `from_hex('${Buffer.from(value as Uint8Array).toString("hex")}')`;
  return `${value as number | bigint}::BIGINT`;
}

function newestFirst(a: KeyRow, b: KeyRow): number {
  return b.eventAt - a.eventAt || b.createdAt - a.createdAt || b.sequence - a.sequence;
}
