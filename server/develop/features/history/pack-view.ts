import { join } from "node:path";
import { and, eq, sql } from "drizzle-orm";
import { featureArrivals, featureFiles } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { endUpload } from "#server/platform/artifacts/announce-upload.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { DefinedView } from "../definitions/definitions.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { arrivalPages } from "./arrival-pages.ts";
import { type LoadedArrivals, loadArrivals } from "./load-arrivals.ts";
import { discardHistory, type StoredHistory, storeHistory, writeHistory } from "./store-history.ts";

export interface HistoryPlace {
  artifacts: ArtifactStore;
  /** Folder on this machine in which scratch folders are made. */
  scratch: string;
}

/** Steps between which a process may die; a test stops there. */
export type PackStep = "load" | "store" | "replace";

interface PackedFile extends StoredHistory {
  arrivals: LoadedArrivals;
}

/**
 * Moves arrivals of a view into Parquet files of its history, one for each version of its schema, sorted by key and event time. Files are
 * stored first; one transaction then lists them and removes exactly the rows that they hold. Cut off anywhere, every row is in either place
 * once, and files that nothing lists are removed later.
 * @param horizon transactions below it have all ended (packing-horizon.ts), so the rows are the same at each step
 */
export async function packView(
  ctx: Context,
  view: DefinedView,
  horizon: string,
  { artifacts, scratch }: HistoryPlace,
  onStep: (step: PackStep) => void = () => undefined,
): Promise<void> {
  const files = await withScratchFolder(scratch, async (folder) => {
    const engine = await OfflineEngine.open({ folder });
    try {
      onStep("load");
      const pages = arrivalPages(ctx.db, { viewNumber: view.number, horizon });
      const loaded = await loadArrivals(engine, "arrivals", view.versions, pages);
      const stored: PackedFile[] = [];
      for (const arrivals of loaded) {
        const path = join(folder, `${arrivals.version}.parquet`);
        const keys = view.versions.get(arrivals.version)?.entities.map(({ joinKey }) => joinKey) ?? [];
        await engine.run(writeHistory(`SELECT * FROM ${arrivals.table}`, keys, path));
        onStep("store");
        stored.push({ ...(await storeHistory(ctx, view.id, path, artifacts)), arrivals });
      }
      return stored;
    } finally {
      engine.close();
    }
  });
  onStep("replace");
  const isOurs = await replaceArrivals(ctx, view, horizon, files);
  if (isOurs) return;
  log.info("features.packed-elsewhere", { view: view.name });
  await discardHistory(ctx, view.id, files);
}

class PackedElsewhere extends Error {}

/** @returns false if another process packed some of these rows first; then nothing has changed */
async function replaceArrivals(
  ctx: Context,
  view: DefinedView,
  horizon: string,
  files: readonly PackedFile[],
): Promise<boolean> {
  try {
    await transact(ctx, async (ctx) => {
      for (const { id, upload, bytes, arrivals } of files) {
        await endUpload(ctx, upload, bytes);
        const { table: _, ...range } = arrivals;
        await ctx.db.insert(featureFiles).values({
          id,
          workspaceId: ctx.actor.workspaceId,
          viewId: view.id,
          artifactKey: upload.key,
          ...bytes,
          ...range,
        });
      }
      const ended = sql`${featureArrivals.transaction} < ${horizon}::xid8`;
      const removed = await ctx.db
        .delete(featureArrivals)
        .where(and(eq(featureArrivals.viewNumber, view.number), ended));
      const packed = files.reduce((sum, { arrivals }) => sum + arrivals.rows, 0);
      if (removed.rowCount !== packed) throw new PackedElsewhere(`${removed.rowCount} of ${packed} rows were there.`);
    });
    return true;
  } catch (error) {
    if (error instanceof PackedElsewhere) return false;
    throw error;
  }
}
