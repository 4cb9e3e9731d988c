import { join } from "node:path";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { featureFiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type DefinedView, loadDefinitions } from "../definitions/definitions.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { arrivalPages } from "./arrival-pages.ts";
import type { HistoryPart } from "./history-relation.ts";
import { byDistance, type LeftOutFile } from "./left-out-files.ts";
import { loadArrivals } from "./load-arrivals.ts";
import { restoredTest } from "./restored-history.ts";
import { stageFiles } from "./stage-file.ts";
import { whileListed } from "./while-listed.ts";

/** Event times that are wanted, in microseconds since 1970; both ends included, null without a limit. */
export interface EventRange {
  fromUs: number | null;
  toUs: number | null;
}

export interface ReadView {
  /** As it was defined at that moment: its rows have no other versions. */
  view: DefinedView;
  parts: HistoryPart[];
  files: { id: string; sha256: string; rows: number }[];
  /** Rows that are in no file yet. */
  arrivals: number;
  /** Files without a row in the range, the nearest first. */
  leftOut: LeftOutFile[];
}

const Horizon = z.object({ horizon: z.string() });

/**
 * Brings the history of views to the engine: their files to the scratch folder, and rows that are in no file yet into tables. All of it is as
 * of one moment, as are the definitions. Views that do not exist then are left out.
 * @param viewIds ids of the views
 * @param ranges by id of the view; files without a row in it are left out
 * @param horizon the state to read; undefined: the present one
 * @param arrived arrival times that are wanted; files without a row in it are left out
 * @returns the state that was read, and what there is by id of the view
 */
export async function readHistory(
  ctx: Context,
  viewIds: readonly string[],
  {
    engine,
    folder,
    artifacts,
    ranges,
    horizon: wanted,
    arrived,
    signal,
  }: {
    engine: OfflineEngine;
    folder: string;
    artifacts: ArtifactStore;
    ranges: ReadonlyMap<string, EventRange>;
    horizon: string | undefined;
    arrived?: EventRange | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<{ horizon: string; views: Map<string, ReadView> }> {
  const found = await ctx.db.transaction(
    async (db) => {
      const horizon = wanted ?? (await presentHorizon({ ...ctx, db }));
      const read = new Map<string, Omit<ReadView, "leftOut"> & { stored: (typeof featureFiles.$inferSelect)[] }>();
      // A version that is made while rows are joined has its rows here as well.
      const isRestored = await restoredTest(db);
      const definitions = await loadDefinitions(db, ctx.actor.workspaceId);
      const views = [...definitions.views.values()].filter(({ id }) => viewIds.includes(id));
      for (const view of views) {
        const stored = await db
          .select()
          .from(featureFiles)
          .where(
            and(
              eq(featureFiles.workspaceId, ctx.actor.workspaceId),
              eq(featureFiles.viewId, view.id),
              isNull(featureFiles.replacedAt),
            ),
          )
          .orderBy(asc(featureFiles.minArrivedAt), asc(featureFiles.id));
        const pages = arrivalPages(db, { viewNumber: view.number, horizon });
        const loaded = await loadArrivals(engine, `arrivals_${view.number}`, view.versions, pages);
        read.set(view.id, {
          view,
          stored,
          files: stored.map(({ id, sha256, rows }) => ({ id, sha256, rows })),
          arrivals: loaded.reduce((sum, { rows }) => sum + rows, 0),
          parts: loaded.map(({ version, table }) => ({ version, from: { table } })),
        });
      }
      return { horizon, read, isRestored };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
  const result = new Map<string, ReadView>();
  const staged: { file: typeof featureFiles.$inferSelect; path: string }[] = [];
  for (const [viewId, { stored, ...read }] of found.read) {
    const range = ranges.get(viewId);
    const wantedFiles = stored.filter((file) => overlaps(file, range) && hasArrived(file, arrived));
    const leftOut = stored
      .filter((file) => !overlaps(file, range))
      .map((file) => ({ file, isRestored: found.isRestored(file) }))
      .toSorted(byDistance(range));
    for (const files of Map.groupBy(wantedFiles, (file) => `${file.version} ${found.isRestored(file)}`).values()) {
      const [{ version }] = files as [(typeof files)[number]];
      const paths: string[] = [];
      for (const file of files) {
        const path = join(folder, `${file.id}.parquet`);
        staged.push({ file, path });
        paths.push(path);
      }
      read.parts.push({ version, from: { paths }, isRestored: files.some(found.isRestored) });
    }
    result.set(viewId, { ...read, leftOut });
  }
  const listed = staged.map(({ file }) => file.id);
  await whileListed(ctx, listed, () => stageFiles(artifacts, staged, signal));
  return { horizon: found.horizon, views: result };
}

/** Names the present state of the history: of transactions below the horizon, none is running. */
async function presentHorizon(ctx: Context): Promise<string> {
  const result = await ctx.db.execute(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`);
  return rowsOf(Horizon, result)[0]?.horizon ?? "0";
}

function hasArrived(file: { minArrivedAt: number; maxArrivedAt: number }, range: EventRange | undefined): boolean {
  return overlaps({ minEventAt: file.minArrivedAt, maxEventAt: file.maxArrivedAt }, range);
}

function overlaps(file: { minEventAt: number; maxEventAt: number }, range: EventRange | undefined): boolean {
  if (!range) return true;
  return (
    (range.toUs === null || file.minEventAt <= range.toUs) && (range.fromUs === null || file.maxEventAt >= range.fromUs)
  );
}
