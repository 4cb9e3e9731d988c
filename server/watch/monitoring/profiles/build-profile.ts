import { and, eq } from "drizzle-orm";
import { modelVersions, referenceFeatures, referenceProfiles, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { UploadProblem } from "#server/develop/datasets/contract.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { announceUpload, endUpload } from "#server/platform/artifacts/announce-upload.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { VersionLeaser } from "#server/serve/model-runs/with-leased-version.ts";
import { makeReference, type Reference } from "./build/make-reference.ts";
import { ProfileSource } from "./contract.ts";
import { isUnbuilt } from "./lookups.ts";
import { recordReference } from "./record-reference.ts";
import { packSample, sampleKeyOf } from "./sample.ts";
import { versionSides } from "./version-sides.ts";

type Row = typeof referenceProfiles.$inferSelect;
type Version = typeof modelVersions.$inferSelect & { modelName: string };

/** Dependencies of building a profile. */
export interface BuildDependencies {
  artifacts: ArtifactStore;
  models: VersionLeaser;
}

const featuresAtOnce = 50;

/**
 * Builds a requested reference, or records where its rows are invalid. A repeated run, even after a crash, starts from the beginning; for
 * a finished reference it does nothing. Problems with the rows are an outcome; any other failure is thrown, to be retried.
 */
export async function buildProfile(ctx: Context, profileId: string, deps: BuildDependencies): Promise<void> {
  permit(ctx, "buildProfile");
  const [row] = await ctx.db
    .update(referenceProfiles)
    .set({ state: "running", rowsRead: 0 })
    .where(isUnbuilt(ctx, profileId))
    .returning();
  if (!row) return;
  const ofWorkspace = eq(modelVersions.workspaceId, ctx.actor.workspaceId);
  const [found] = await ctx.db
    .select({ version: modelVersions, modelName: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(ofWorkspace, eq(modelVersions.id, row.versionId)));
  if (!found) return;
  const version = { ...found.version, modelName: found.modelName };
  await publish(ctx, "model", version.modelId);
  const outcome = await inspect(ctx, row, version, deps);
  if ("message" in outcome) return transact(ctx, (ctx) => fail(ctx, row, version, outcome));
  const key = sampleKeyOf(ctx.actor.workspaceId, profileId);
  const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
  const stored = await deps.artifacts.put(key, packSample(outcome.sample));
  await transact(ctx, async (ctx) => {
    await endUpload(ctx, upload, stored);
    await finish(ctx, row, version, outcome);
  });
}

async function inspect(
  ctx: Context,
  row: Row,
  version: Version,
  deps: BuildDependencies,
): Promise<Reference | UploadProblem> {
  const reportProgress = async (rowsRead: number) => {
    await ctx.db.update(referenceProfiles).set({ rowsRead }).where(isUnbuilt(ctx, row.id));
    await publish(ctx, "model", version.modelId);
  };
  try {
    const input = {
      profileId: row.id,
      versionId: version.id,
      sides: versionSides(version),
      source: ProfileSource.parse(row.source),
    };
    return await makeReference(ctx, input, { ...deps, onProgress: reportProgress });
  } catch (error) {
    if (error instanceof UnreadableFile) {
      const { message, line, column } = error;
      return { message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
    }
    if (!(error instanceof DomainError) || error.code === "unavailable") throw error;
    return { message: error.message };
  }
}

async function finish(ctx: Context, row: Row, version: Version, reference: Reference): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { features, rows, notes, sample: _, ...rest } = reference;
  const [done] = await ctx.db
    .update(referenceProfiles)
    .set({
      state: "ready",
      rows,
      rowsRead: rows,
      finishedAt: new Date(),
      notes,
      problem: null,
      ...rest,
      sampleKey: sampleKeyOf(workspaceId, row.id),
    })
    .where(isUnbuilt(ctx, row.id))
    .returning({ id: referenceProfiles.id });
  // A second worker has read the same rows and finished first.
  if (!done) return;
  for (let start = 0; start < features.length; start += featuresAtOnce) {
    await ctx.db.insert(referenceFeatures).values(
      features.slice(start, start + featuresAtOnce).map((feature, index) => ({
        workspaceId,
        profileId: row.id,
        ordinal: start + index,
        ...feature,
      })),
    );
  }
  await record(ctx, "reference.created", {
    subject: `version/${version.modelName}/${version.version}`,
    after: { profileId: row.id, rows, features: features.length },
  });
  await recordReference(ctx, { versionId: version.id, modelId: version.modelId });
}

async function fail(ctx: Context, row: Row, version: Version, problem: UploadProblem): Promise<void> {
  const [failed] = await ctx.db
    .update(referenceProfiles)
    .set({ state: "failed", problem, finishedAt: new Date() })
    .where(isUnbuilt(ctx, row.id))
    .returning({ id: referenceProfiles.id });
  if (!failed) return;
  await record(ctx, "reference.failed", {
    subject: `version/${version.modelName}/${version.version}`,
    after: { profileId: row.id, problem: problem.message },
  });
  await publish(ctx, "model", version.modelId);
}
