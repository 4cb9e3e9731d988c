import { createReadStream } from "node:fs";
import { join } from "node:path";
import { and, eq, gt, sql } from "drizzle-orm";
import { featureTrainingSets, featureUses } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { acquireLease, type Lease } from "#server/platform/jobs/lease.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { UploadProblem } from "../../datasets/contract.ts";
import { findUpload } from "../../datasets/lookups.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { uploadDataset } from "../../datasets/upload-dataset.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { restoredTest, stateOfOtherCluster } from "../history/restored-history.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { checkLeaks } from "./check-leaks.ts";
import { TrainingSetRecord as StoredRecord, type TrainingSetRecord, TrainingSetRequest } from "./contract.ts";
import { joinHistory } from "./join-history.ts";
import { loadSpine } from "./load-spine.ts";
import { type RowsPlace, resolveRows } from "./resolve-rows.ts";
import { splitByTime } from "./split-by-time.ts";
import { describeLeaks, unacknowledgedLeaks } from "./unacknowledged-leaks.ts";

export interface TrainingSetPlace extends RowsPlace {
  /** Folder on this machine in which scratch folders are made. */
  scratch: string;
}

type Row = typeof featureTrainingSets.$inferSelect;

/** After which a job looks at a file whose own runner has not read it: it died, and another one makes another file. */
const readAfterSeconds = 3600;

/**
 * Makes a training set: a file of its rows with their features, and of that a version of the dataset. If the runner dies, another one begins
 * again, with the state of the history that is in the record. A mistake in the request is an outcome, and so is a leak without a reason: then
 * no version is created until someone gives one.
 */
export async function makeTrainingSet(ctx: Context, trainingSetId: string, place: TrainingSetPlace): Promise<void> {
  permit(ctx, "makeTrainingSet");
  const lease = await acquireLease(ctx, "feature_training_sets", trainingSetId);
  if (!lease) return;
  try {
    const [row] = await ctx.db
      .update(featureTrainingSets)
      .set({ startedAt: sql`coalesce(${featureTrainingSets.startedAt}, now())`, problem: null })
      .where(isOurs(ctx, trainingSetId, lease))
      .returning();
    if (row) await make(ctx, row, lease, place);
  } finally {
    lease.stop();
  }
}

async function make(ctx: Context, row: Row, lease: Lease, place: TrainingSetPlace): Promise<void> {
  try {
    const uploadId = await withScratchFolder(place.scratch, (folder) => joinToFile(ctx, row, lease, place, folder));
    if (uploadId === undefined) return;
    await readDataset(ctx, uploadId, place.artifacts, (ctx) => holds(ctx, row, lease));
    await finish(ctx, row, lease, uploadId);
  } catch (cause) {
    // It was cancelled, or belongs to another runner now.
    if (lease.signal.aborted) return;
    // Postgres may restart meanwhile.
    const known = cause instanceof DomainError ? cause : storageRefusal(cause);
    if (known?.code === "unavailable") return giveBack(ctx, row, lease, known.message);
    if (!known) log.error("training-set.failed", { trainingSetId: row.id, cause });
    await fail(ctx, row, lease, known?.message ?? "Internal error; see the server log.");
  }
}

/** Joins, and uploads the result. @returns the id of the upload; undefined if the leak check holds it */
async function joinToFile(
  ctx: Context,
  row: Row,
  lease: Lease,
  place: TrainingSetPlace,
  folder: string,
): Promise<string | undefined> {
  const { artifacts, maxBytes } = place;
  const { signal } = lease;
  const request = TrainingSetRequest.parse(row.request);
  const isRestored = (await restoredTest(ctx.db))(row);
  if (isRestored && request.horizon !== null) throw stateOfOtherCluster();
  const earlier = row.record === null || isRestored ? null : StoredRecord.parse(row.record);
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const asked = { name: row.name, request, by: row.createdBy };
  const ownReading = { maker: { trainingSetId: row.id, runner: lease.runner }, afterSeconds: readAfterSeconds };
  const { version, skipped } = await resolveRows(ctx, asked, { definitions, folder, place, ownReading, signal });
  const resolvedRows = { dataset: version.name, digest: version.digest };
  await report(ctx, row, lease, { request: { ...request, resolvedRows } });
  const engine = await OfflineEngine.open({ folder, signal });
  try {
    const loaded = await loadSpine(engine, version, { folder, artifacts, signal });
    const spine = await splitByTime(engine, loaded, request.splitByTime);
    const rowsTotal = version.rows;
    await report(ctx, row, lease, { rowsTotal });
    const pinned = { ...request, horizon: request.horizon ?? earlier?.horizon ?? null, foldsCase: true };
    const joined = await joinHistory(ctx, definitions, spine, pinned, {
      engine,
      folder,
      artifacts,
      signal,
      onProgress: (share) => report(ctx, row, lease, { rowsDone: Math.floor(share * rowsTotal) }),
    });
    const warnings = await checkLeaks(ctx, engine, spine, joined, request, { folder, artifacts, signal });
    const [[engineVersion] = []] = await engine.rows("SELECT version()");
    const made: TrainingSetRecord = {
      horizon: joined.horizon,
      rows: { contentHash: version.contentHash, sha256: version.sha256, rows: version.rows, version: resolvedRows },
      skipped: request.resolvedRows ? (earlier?.skipped ?? 0) : skipped,
      views: request.views.map(({ view, version, cutoff, viewId }, index) => {
        const { files = [], arrivals = 0 } = joined.read[index] ?? {};
        const defined = [...definitions.views.values()].find(({ id }) => id === viewId);
        const { digest = "" } = defined?.versions.get(version) ?? {};
        const fromUs = joined.ranges.get(viewId)?.fromUs ?? null;
        return { view, version, digest, cutoff, files, fromUs, arrivals };
      }),
      engine: `DuckDB ${String(engineVersion)}`,
    };
    await report(ctx, row, lease, { record: made, warnings });
    const leaks = unacknowledgedLeaks(warnings, request.acknowledgedLeaks);
    if (leaks.length > 0) {
      await hold(ctx, row, lease, {
        request: { ...request, resolvedRows, isHeld: true },
        problem: describeLeaks(leaks),
      });
      return undefined;
    }
    const path = join(folder, "result.parquet");
    await engine.run(
      `COPY (${joined.result}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
    );
    // By the name of who asked for it.
    const asker: Context = { ...ctx, actor: { ...ctx.actor, name: row.createdBy } };
    const upload = await uploadDataset(
      asker,
      { name: row.name, fileName: `${row.name.slice(0, 200)}.parquet`, note: request.note },
      createReadStream(path, { signal }),
      { artifacts, maxBytes, ownReading },
    );
    return upload.id;
  } finally {
    engine.close();
  }
}

async function finish(ctx: Context, row: Row, lease: Lease, uploadId: string): Promise<void> {
  const upload = await findUpload(ctx, { name: row.name, id: uploadId });
  if (upload.state === "failed") {
    const { message } = UploadProblem.parse(upload.problem);
    return fail(ctx, row, lease, `The result is not a valid dataset: ${message}`);
  }
  await transact(ctx, async (ctx) => {
    const [done] = await ctx.db
      .update(featureTrainingSets)
      .set({
        state: "done",
        datasetVersionId: upload.versionId,
        rowsDone: upload.rowsRead,
        endedAt: new Date(),
        runner: null,
        leasedUntil: null,
      })
      .where(isOurs(ctx, row.id, lease))
      .returning();
    if (!done || upload.versionId === null) return;
    await recordUses(ctx, done, upload.versionId);
    await record(ctx, "training-set.made", { subject: `dataset/${row.name}`, after: { rows: upload.rowsRead } });
    await publish(ctx, "features", row.id);
  });
}

/** Records which versions of views the dataset version was made from. */
async function recordUses(ctx: Context, row: Row, versionId: string): Promise<void> {
  const { views, features } = TrainingSetRequest.parse(row.request);
  const made = StoredRecord.parse(row.record);
  const uses = Map.groupBy(views.entries(), ([, { viewId, version }]) => `${viewId} ${version}`);
  for (const same of uses.values()) {
    const positions = new Set(same.map(([position]) => position));
    const [, { viewId, version }] = same[0] as (typeof same)[0];
    const used = features.filter(({ view }) => positions.has(view)).map(({ feature }) => feature);
    const files = same.flatMap(([position]) => made.views[position]?.files.map(({ id }) => id) ?? []);
    const values = { features: [...new Set(used)].sort(), files: [...new Set(files)] };
    await ctx.db
      .insert(featureUses)
      .values({
        workspaceId: ctx.actor.workspaceId,
        viewId,
        version,
        userKind: "dataset-version",
        userId: versionId,
        userName: row.name,
        ...values,
      })
      .onConflictDoUpdate({
        target: [featureUses.viewId, featureUses.version, featureUses.userKind, featureUses.userId],
        set: values,
      });
  }
}

async function report(
  ctx: Context,
  { id }: Row,
  lease: Lease,
  progress: Partial<Pick<Row, "request" | "rowsTotal" | "rowsDone" | "record" | "warnings">>,
): Promise<void> {
  const [row] = await ctx.db
    .update(featureTrainingSets)
    .set(progress)
    .where(isOurs(ctx, id, lease))
    .returning({ id: featureTrainingSets.id });
  if (row) await publish(ctx, "features", id);
}

async function fail(ctx: Context, row: Row, lease: Lease, problem: string): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(featureTrainingSets)
      .set({ state: "failed", problem, endedAt: new Date(), runner: null, leasedUntil: null })
      .where(isOurs(ctx, row.id, lease))
      .returning({ id: featureTrainingSets.id });
    if (!failed) return;
    await record(ctx, "training-set.failed", { subject: `dataset/${row.name}`, after: { problem } });
    await publish(ctx, "features", row.id);
  });
}

/** Leaves it until someone has acknowledged the leaks. */
async function hold(
  ctx: Context,
  row: Row,
  lease: Lease,
  { request, problem }: { request: TrainingSetRequest; problem: string },
): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [held] = await ctx.db
      .update(featureTrainingSets)
      .set({ state: "failed", request, problem, endedAt: new Date(), runner: null, leasedUntil: null })
      .where(isOurs(ctx, row.id, lease))
      .returning({ id: featureTrainingSets.id });
    if (!held) return;
    await record(ctx, "training-set.held", { subject: `dataset/${row.name}`, after: { problem } });
    await publish(ctx, "features", row.id);
  });
}

/** Leaves it to the next runner, a minute later, with the reason. This runner did not die, so it does not count as one that did. */
async function giveBack(ctx: Context, { id }: Row, lease: Lease, reason: string): Promise<void> {
  log.warn("training-set.waits", { trainingSetId: id, reason });
  await ctx.db
    .update(featureTrainingSets)
    .set({
      state: "waiting",
      problem: reason,
      attempts: sql`greatest(${featureTrainingSets.attempts} - 1, 0)`,
      runner: null,
      leasedUntil: sql`now() + interval '1 minute'`,
    })
    .where(isOurs(ctx, id, lease));
}

/** Returns whether a runner is alive and makes a training set. In a transaction nobody else takes it over until the end. */
export async function isMadeBy(
  ctx: Context,
  { trainingSetId, runner }: { trainingSetId: string; runner: string },
): Promise<boolean> {
  const held = await ctx.db
    .select({ id: featureTrainingSets.id })
    .from(featureTrainingSets)
    .where(and(isOurs(ctx, trainingSetId, { runner }), gt(featureTrainingSets.leasedUntil, sql`now()`)))
    .for("share");
  return held.length > 0;
}

/** Returns whether this runner still makes it. In a transaction it stays so until the end. */
async function holds(ctx: Context, { id }: Row, lease: Lease): Promise<boolean> {
  const held = await ctx.db
    .select({ id: featureTrainingSets.id })
    .from(featureTrainingSets)
    .where(isOurs(ctx, id, lease))
    .for("share");
  return held.length > 0;
}

function isOurs(ctx: Context, id: string, { runner }: Pick<Lease, "runner">) {
  return and(
    eq(featureTrainingSets.workspaceId, ctx.actor.workspaceId),
    eq(featureTrainingSets.id, id),
    eq(featureTrainingSets.runner, runner),
    eq(featureTrainingSets.state, "running"),
  );
}
