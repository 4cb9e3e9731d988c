import { and, asc, eq, inArray, isNotNull } from "drizzle-orm";
import { datasetVersions, modelVersions, trainingAttempts, trainingEngines } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type JobSpec, ReproducibilityRecord } from "../contract.ts";
import { noJob } from "../jobs/queries.ts";
import { requirePackage } from "../packages/package-store.ts";
import type { RerunCheck } from "./contract.ts";
import { findJobRow, type TrainedJob } from "./find-job-row.ts";

type Store = Pick<ArtifactStore, "stat">;

/** Says what an exact re-run of a job would lack, and what Leeway cannot check. @throws DomainError "not-found" */
export async function checkRerun(ctx: Context, id: string, { artifacts }: { artifacts: Store }): Promise<RerunCheck> {
  permit(ctx, "checkRerun");
  const job = await findJobRow(ctx, id);
  if (!job) throw noJob();
  return whatIsMissing(ctx, job, artifacts);
}

/** The same for a caller that has checked permissions. */
export async function whatIsMissing(ctx: Context, job: TrainedJob, artifacts: Store): Promise<RerunCheck> {
  const { spec } = job;
  const record = await firstRecord(ctx, job.id);
  const gone = [
    ...(await engineGone(ctx, job)),
    ...(await packageGone(ctx, spec, artifacts)),
    ...(await datasetsGone(ctx, spec)),
    ...(await modelsGone(ctx, spec)),
    ...diffGone(record),
  ];
  const { commit, diffBytes } = record?.code ?? { commit: null, diffBytes: null };
  const isDirty = (diffBytes ?? 0) > 0;
  const of = commit === null ? "" : ` It was commit ${commit.slice(0, 12)}${isDirty ? " with changes" : ""}.`;
  const hasTag = spec.image !== null && !spec.image.includes("@sha256:");
  const unchecked = [
    ...(spec.packageKey === null && spec.image === null
      ? [`Its code lies on the machine, not in a package.${of}`]
      : []),
    ...(hasTag ? [`"${spec.image}" is a tag, which may name another image by now.`] : []),
    ...(record === null ? ["No attempt has recorded its environment."] : []),
    "Inputs of the program other than its datasets are unknown.",
  ];
  return { gone, unchecked };
}

/** Reads the record of the first attempt that started; null without any. */
export async function firstRecord(ctx: Context, jobId: string): Promise<ReproducibilityRecord | null> {
  const [attempt] = await ctx.db
    .select({ record: trainingAttempts.record })
    .from(trainingAttempts)
    .where(
      and(
        eq(trainingAttempts.workspaceId, ctx.actor.workspaceId),
        eq(trainingAttempts.jobId, jobId),
        isNotNull(trainingAttempts.record),
      ),
    )
    .orderBy(asc(trainingAttempts.number))
    .limit(1);
  return attempt?.record ? ReproducibilityRecord.parse(attempt.record) : null;
}

async function engineGone(ctx: Context, { engineId }: TrainedJob): Promise<string[]> {
  if (engineId === null) return ["Its engine was removed."];
  const isThis = and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, engineId));
  return (await ctx.db.$count(trainingEngines, isThis)) > 0 ? [] : ["Its engine was removed."];
}

async function packageGone(ctx: Context, { packageKey }: JobSpec, artifacts: Store): Promise<string[]> {
  if (packageKey === null) return [];
  try {
    await requirePackage(ctx, packageKey, artifacts);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return ["Its package was removed."];
  }
}

async function datasetsGone(ctx: Context, { datasets }: JobSpec): Promise<string[]> {
  const ids = Object.values(datasets);
  if (ids.length === 0) return [];
  const known = await ctx.db
    .select({ id: datasetVersions.id })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.id, ids)));
  const names = Object.entries(datasets).filter(([, id]) => !known.some((one) => one.id === id));
  return names.map(([name]) => `The version of the dataset "${name}" was removed.`);
}

async function modelsGone(ctx: Context, { models }: JobSpec): Promise<string[]> {
  const ids = Object.values(models);
  if (ids.length === 0) return [];
  const known = await ctx.db
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, ids)));
  const names = Object.entries(models).filter(([, id]) => !known.some((one) => one.id === id));
  return names.map(([name]) => `The model version "${name}" that it works on was removed.`);
}

function diffGone(record: ReproducibilityRecord | null): string[] {
  const { diff, diffBytes } = record?.code ?? { diff: null, diffBytes: null };
  if (diff !== null || !diffBytes) return [];
  return [`Not reproducible: ${mebibytes(diffBytes)} of uncommitted changes were too large to store.`];
}
