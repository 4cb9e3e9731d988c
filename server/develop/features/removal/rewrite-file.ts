import { join } from "node:path";
import type { featureFiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ScalarValue } from "../contract.ts";
import type { DefinedView } from "../definitions/definitions.ts";
import { keyColumn, keyKindOf, keyTypes } from "../history/history-columns.ts";
import type { HistoryPlace } from "../history/pack-view.ts";
import { type RowsRange, rangeOfRows } from "../history/range-of-rows.ts";
import { firstTransaction, restoredTest } from "../history/restored-history.ts";
import { stageFile } from "../history/stage-file.ts";
import { discardHistory, type StoredHistory, storeHistory, writeHistory } from "../history/store-history.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { decodeEntityKey } from "../rows/entity-key.ts";

type FileRow = typeof featureFiles.$inferSelect;

/** A file of history without rows of a key. */
export interface RewrittenFile {
  /** Rows of the key that the old file has. */
  removed: number;
  /** The new file, which nothing lists yet; undefined if there is nothing to store. */
  stored: (StoredHistory & { range: RowsRange }) | undefined;
  /** What the list of files has to say of a file that stays: its rows of the key expired, and the key is still an end of its range. */
  range?: RowsRange | undefined;
}

/**
 * Writes a file of history without the rows of a key that had arrived by a time, and stores it. A file that was merged into another is not needed
 * again, and neither is one without such rows.
 */
export async function rewriteWithoutKey(
  ctx: Context,
  view: DefinedView,
  file: FileRow,
  { key, arrivedBy, signal }: { key: Buffer | null; arrivedBy: number; signal: AbortSignal },
  { artifacts, scratch }: HistoryPlace,
): Promise<RewrittenFile> {
  const entities = view.versions.get(file.version)?.entities ?? [];
  const types = entities.map(({ type }) => type);
  const names = entities.map(({ joinKey }) => keyColumn(joinKey));
  const isRestored = (await restoredTest(ctx.db))(file);
  return withScratchFolder(scratch, async (folder) => {
    const [old, path] = [join(folder, "old.parquet"), join(folder, "new.parquet")];
    await stageFile(artifacts, file, old, signal);
    const engine = await OfflineEngine.open({ folder, signal });
    try {
      const values = decodeEntityKey(types, key ?? Buffer.alloc(0));
      await engine.run(
        `CREATE TABLE removed (one BIGINT${types.map((type, index) => `, k${index} ${keyTypes[keyKindOf(type)]}`).join("")})`,
      );
      await engine.append("removed", [[1n], ...values.map((value) => [cellOf(value)])]);
      const isKey = names.map((name, index) => `${name} = (SELECT k${index} FROM removed)`);
      const isRemoved = [`arrived <= ${arrivedBy}`, ...isKey].join(" AND ");
      const from = `read_parquet(${literal(old)})`;
      const [[removed] = []] = await engine.rows(`SELECT count(*) FROM ${from} WHERE ${isRemoved}`);
      if (Number(removed) === 0) {
        const isEnd = key !== null && (key.equals(file.minKey) || key.equals(file.maxKey));
        return { removed: 0, stored: undefined, range: isEnd ? await rangeOfRows(engine, from, entities) : undefined };
      }
      const columns = isRestored ? `* REPLACE (${firstTransaction}::BIGINT AS transaction)` : "*";
      await engine.run(`CREATE VIEW kept AS SELECT ${columns} FROM ${from} WHERE NOT (${isRemoved})`);
      const range = file.replacedAt === null ? await rangeOfRows(engine, "kept", entities) : undefined;
      if (!range) return { removed: Number(removed), stored: undefined };
      const joinKeys = entities.map(({ joinKey }) => joinKey);
      await engine.run(writeHistory("SELECT * FROM kept", joinKeys, path));
      return { removed: Number(removed), stored: { ...(await storeHistory(ctx, view.id, path, artifacts)), range } };
    } finally {
      engine.close();
    }
  });
}

/** Releases a stored file that is not needed after all. */
export async function discardRewritten(ctx: Context, viewId: string, stored: StoredHistory): Promise<void> {
  await discardHistory(ctx, viewId, [stored]);
}

/** The engine has keys of every width of integers as 64 bits. */
function cellOf(value: ScalarValue): EngineCell {
  return typeof value === "number" ? BigInt(value) : value;
}
