import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { featureMaterialisations, featureViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { acquireLease, type Lease } from "#server/platform/jobs/lease.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureView, ViewSource } from "../contract.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { openSource } from "../sources/open-source.ts";
import { columnsToRead, type SourcePage, type SourceRows } from "../sources/source-rows.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { defaultMaxRejectedShare } from "./contract.ts";
import { findReadSource } from "./find-input.ts";
import { keepRejects } from "./keep-rejects.ts";

export interface MaterialisationPlace {
  artifacts: ArtifactStore;
  /** Folder on this machine in which scratch folders are made. */
  scratch: string;
  /** Where databases of SQL sources may be. */
  network: NetworkRules;
  /** Called before each page is written; a test stops there. */
  onPage?: (() => Promise<void>) | undefined;
}

type Row = typeof featureMaterialisations.$inferSelect;

/** A run, with the row as it was when it began. */
interface Run {
  row: Row;
  lease: Lease;
  place: MaterialisationPlace;
}

/** Rows after which the share of rejected ones ends a materialisation before its end. */
const evaluatedRows = 10_000;
/** Pages look at the row again so often; gateways read definitions anew at each event. */
const announceMs = 2_000;

/** The materialisation was cancelled, or another runner has it. */
class NotOurs extends Error {}

/**
 * Reads the rows of a view's source, and writes them page by page. The rows of a page, its counts and the place after it are stored in one
 * transaction, so a runner that takes over from one that died goes on with the next page, and every row is counted once. Of a query or a log, which
 * may have changed, it writes the rows of the last event time once more.
 */
export async function materialiseView(ctx: Context, id: string, place: MaterialisationPlace): Promise<void> {
  permit(ctx, "materialiseView");
  const lease = await acquireLease(ctx, "feature_materialisations", id);
  if (!lease) return;
  try {
    const [row] = await ctx.db
      .update(featureMaterialisations)
      .set({ startedAt: sql`coalesce(${featureMaterialisations.startedAt}, now())`, problem: null })
      .where(isOurs(ctx, id, lease))
      .returning();
    if (row) await run(ctx, { row, lease, place });
  } finally {
    lease.stop();
  }
}

async function run(ctx: Context, run: Run): Promise<void> {
  const { row, lease, place } = run;
  try {
    await withScratchFolder(place.scratch, (folder) => readAll(ctx, run, folder));
  } catch (cause) {
    if (cause instanceof NotOurs || lease.signal.aborted) return;
    // Postgres may restart meanwhile.
    const known = cause instanceof DomainError ? cause : storageRefusal(cause);
    if (known?.code === "unavailable") return giveBack(ctx, run, known.message);
    if (!known) log.error("materialisation.failed", { materialisationId: row.id, cause });
    await fail(ctx, run, known?.message ?? "Internal error; see the server log.");
  }
}

async function readAll(ctx: Context, run: Run, folder: string): Promise<void> {
  const { artifacts, network } = run.place;
  const { signal } = run.lease;
  for (;;) {
    const { view, source } = await definitionsOf(ctx, run.row);
    const range = { from: run.row.fromEventAt, to: run.row.toEventAt };
    const reading = { source, columns: columnsToRead(view, source), range };
    if (run.row.input === null) throw new Error("The materialisation does not say what to read.");
    const rows = await openSource(ctx, reading, run.row.input, { artifacts, network, folder, signal });
    try {
      if (await writeAll(ctx, run, rows, { view, source })) return;
    } finally {
      await rows.close();
    }
  }
}

async function definitionsOf(ctx: Context, { viewId }: Row): Promise<{ view: FeatureView; source: ViewSource }> {
  const { views } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const view = [...views.values()].find(({ id }) => id === viewId);
  if (!view) throw new DomainError("not-found", "The view was deleted.");
  const source = await findReadSource(ctx, view.source);
  if (!source) throw new DomainError("not-found", `The source of "${view.name}" was deleted.`);
  return { view, source };
}

/** @returns false if the view changed meanwhile: then its rows are read again by its new version */
async function writeAll(
  ctx: Context,
  run: Run,
  rows: SourceRows,
  { view, source }: { view: FeatureView; source: ViewSource },
): Promise<boolean> {
  const of = `${view.number} ${view.current.version} ${rows.fingerprint}`;
  const started = await begin(ctx, run, of, rows.total);
  const maxShare = source.options.maxRejectedShare ?? defaultMaxRejectedShare;
  let { counts } = started;
  let announcedAt = performance.now();
  for await (const page of rows.pages(started.checkpoint)) {
    await run.place.onPage?.();
    if (run.lease.signal.aborted) throw new NotOurs();
    if (await hasChanged(ctx, view)) return false;
    const written = await writePage(ctx, run, view, page, of).catch(async (cause: unknown) => {
      // A version that was made a moment ago has other columns.
      if (cause instanceof DomainError && (await hasChanged(ctx, view))) return undefined;
      throw cause;
    });
    if (!written) return false;
    counts = { read: written.rowsRead, rejected: written.rowsRejected };
    if (counts.read >= evaluatedRows) checkRejects(counts, maxShare);
    if (performance.now() - announcedAt < announceMs) continue;
    announcedAt = performance.now();
    await publish(ctx, "features", run.row.id);
  }
  checkRejects(counts, maxShare);
  await finish(ctx, run, view);
  return true;
}

/** Continues after the checkpoint, or begins with no counts where that is of other columns or another file. */
async function begin(ctx: Context, { row, lease }: Run, of: string, rowsTotal: number | null) {
  const [now] = await ctx.db
    .select({ checkpoint: featureMaterialisations.checkpoint })
    .from(featureMaterialisations)
    .where(isOurs(ctx, row.id, lease));
  const checkpoint = now?.checkpoint?.of === of ? now.checkpoint : null;
  const anew = { checkpoint: null, rowsRead: 0, rowsWritten: 0, rowsOlder: 0, rowsRejected: 0 };
  const [started] = await ctx.db
    .update(featureMaterialisations)
    .set({ rowsTotal, ...(checkpoint === null && anew) })
    .where(isOurs(ctx, row.id, lease))
    .returning();
  if (!started) throw new NotOurs();
  return { checkpoint, counts: { read: started.rowsRead, rejected: started.rowsRejected } };
}

/** Whether rows of the view are packed in another way than when its source was opened. */
async function hasChanged(ctx: Context, { id, number, current }: FeatureView): Promise<boolean> {
  const [now] = await ctx.db
    .select({ number: featureViews.number, version: featureViews.currentVersion })
    .from(featureViews)
    .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.id, id)));
  if (!now) throw new NotOurs();
  return now.number !== number || now.version !== current.version;
}

async function writePage(
  ctx: Context,
  { row, lease }: Run,
  view: FeatureView,
  { columns, rows, after, isRepeated = false }: SourcePage,
  of: string,
): Promise<Row> {
  let counted: Row | undefined;
  await writeFeatures(
    ctx,
    { view: view.name, columns, origin: "materialisation" },
    {
      withGoodRows: async (ctx, { written, older }, rejected) => {
        const { rowsRead, rowsWritten, rowsOlder, rowsRejected } = featureMaterialisations;
        const progress = {
          rowsRead: sql`${rowsRead} + ${rows}`,
          rowsWritten: sql`${rowsWritten} + ${written}`,
          rowsOlder: sql`${rowsOlder} + ${older}`,
          rowsRejected: sql`${rowsRejected} + ${rejected.length}`,
          // It made progress, so what ended earlier runners is behind it.
          attempts: 1,
        };
        [counted] = await ctx.db
          .update(featureMaterialisations)
          .set({ checkpoint: { of, ...after }, ...(isRepeated ? {} : progress) })
          .where(isOurs(ctx, row.id, lease))
          .returning();
        if (!counted) throw new NotOurs();
        if (!isRepeated) await keepRejects(ctx, counted, rejected);
      },
    },
  );
  if (!counted) throw new NotOurs();
  return counted;
}

function checkRejects({ read, rejected }: { read: number; rejected: number }, maxShare: number): void {
  if (rejected === 0 || rejected / read <= maxShare) return;
  const message = `${rejected} of ${read} rows break the view's contract, more than the limit of ${maxShare * 100}%. Rows that were good are written.`;
  throw new DomainError("invalid", message);
}

async function finish(ctx: Context, { row, lease }: Run, view: FeatureView): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [done] = await ctx.db
      .update(featureMaterialisations)
      .set({ state: "done", endedAt: sql`now()`, runner: null, leasedUntil: null })
      .where(isOurs(ctx, row.id, lease))
      .returning();
    if (!done) throw new NotOurs();
    // Rows of a later event may come until then, also where the range ends in the future.
    const until = sql`least(${done.toEventAt}::int8, (extract(epoch from ${done.startedAt?.toISOString()}::timestamptz) * 1000000)::int8)`;
    const { materialisedUntil } = featureViews;
    await ctx.db
      .update(featureViews)
      .set({ materialisedUntil: until })
      .where(
        and(
          eq(featureViews.workspaceId, ctx.actor.workspaceId),
          eq(featureViews.id, view.id),
          or(isNull(materialisedUntil), lt(materialisedUntil, until)),
        ),
      );
    const { rowsRead, rowsWritten, rowsOlder, rowsRejected } = done;
    log.info("materialisation.done", { materialisationId: row.id, rowsRead, rowsWritten, rowsOlder, rowsRejected });
    // What an interval started, it would record every few minutes.
    if (row.trigger !== "interval") {
      const after = { rowsRead, rowsWritten, rowsOlder, rowsRejected };
      await record(ctx, "materialisation.done", { subject: `feature-view/${view.name}`, after });
    }
    await publish(ctx, "features", row.id);
  });
}

async function fail(ctx: Context, { row, lease }: Run, problem: string): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(featureMaterialisations)
      .set({ state: "failed", problem, endedAt: sql`now()`, runner: null, leasedUntil: null })
      .where(isOurs(ctx, row.id, lease))
      .returning({ viewId: featureMaterialisations.viewId });
    if (!failed) return;
    const [view] = await ctx.db
      .select({ name: featureViews.name })
      .from(featureViews)
      .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.id, failed.viewId)));
    await record(ctx, "materialisation.failed", {
      subject: `feature-view/${view?.name ?? row.viewId}`,
      after: { problem },
    });
    await publish(ctx, "features", row.id);
  });
}

/** Leaves it to the next runner, a minute later, with the reason. This runner did not die, so it does not count as one that did. */
async function giveBack(ctx: Context, { row: { id }, lease }: Run, reason: string): Promise<void> {
  log.warn("materialisation.waits", { materialisationId: id, reason });
  await ctx.db
    .update(featureMaterialisations)
    .set({
      state: "waiting",
      problem: reason,
      attempts: sql`greatest(${featureMaterialisations.attempts} - 1, 0)`,
      runner: null,
      leasedUntil: sql`now() + interval '1 minute'`,
    })
    .where(isOurs(ctx, id, lease));
}

function isOurs(ctx: Context, id: string, { runner }: Lease) {
  return and(
    eq(featureMaterialisations.workspaceId, ctx.actor.workspaceId),
    eq(featureMaterialisations.id, id),
    eq(featureMaterialisations.runner, runner),
    eq(featureMaterialisations.state, "running"),
  );
}
