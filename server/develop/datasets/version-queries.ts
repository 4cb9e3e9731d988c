import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import {
  datasetChecks,
  datasetContracts,
  datasets,
  datasetVersions,
  experiments,
  modelVersions,
  registeredModels,
  runDatasets,
  runs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DatasetFormat, type DatasetVersion, VersionKey, type VersionSummary } from "./contract.ts";
import { datasetContext } from "./dataset-context.ts";
import { describeLogged } from "./mlflow-description.ts";
import { ColumnProfile } from "./profile/contract.ts";
import { type DatasetCheck, RuleResult } from "./rules/contract.ts";
import { checkStates, countUsage, usageKey, VersionRow, versionsTable } from "./version-rows.ts";

const maxUsers = 100;
const maxChecks = 20;

/** Returns one version with its schema, its profile, its usage and its checks. @throws DomainError "not-found" */
export async function getDatasetVersion(ctx: Context, input: VersionKey): Promise<DatasetVersion> {
  permit(ctx, "getDatasetVersion");
  return loadDatasetVersion(ctx, VersionKey.parse(input));
}

/** Loads a version inside another query. @throws DomainError "not-found" */
export async function loadDatasetVersion(ctx: Context, { name, digest }: VersionKey): Promise<DatasetVersion> {
  const result = await ctx.db.execute(sql`select * from ${versionsTable(ctx, [name], digest)} v`);
  const [row] = rowsOf(VersionRow, result);
  if (!row) throw new DomainError("not-found", `Dataset "${name}" has no version ${digest}.`);
  const ofVersion = (table: typeof datasets | typeof datasetVersions) =>
    and(eq(table.workspaceId, ctx.actor.workspaceId), eq(table.name, name), eq(table.digest, digest));
  const [uploaded] = await ctx.db.select().from(datasetVersions).where(ofVersion(datasetVersions));
  const [logged] = await ctx.db.select().from(datasets).where(ofVersion(datasets)).orderBy(datasets.createdAt).limit(1);
  const profile = uploaded ? ColumnProfile.array().parse(uploaded.columns) : null;
  const described = describeLogged(row.schema, row.profile);
  const usage = await countUsage(ctx, [name], "digest");
  const checks = await checkStates(ctx, [name], "digest");
  const usedByRuns = await runsThatUsed(ctx, { name, digest });
  return {
    ...summariseVersion(row, usage, checks),
    name,
    file: uploaded ? { ...uploaded, format: DatasetFormat.parse(uploaded.format) } : null,
    source: logged ? { type: logged.sourceType, text: logged.source } : null,
    schema: profile?.map(({ name, type, missing }) => ({ name, type, required: missing === 0 })) ?? described.schema,
    facts: described.facts,
    profile,
    usedByRuns,
    usedByModelVersions: await modelVersionsOf(
      ctx,
      usedByRuns.map(({ id }) => id),
    ),
    checks: uploaded ? await checksOf(ctx, uploaded) : [],
  };
}

/** Returns a version as a row of its dataset's list. */
export function summariseVersion(
  row: VersionRow,
  usage: Awaited<ReturnType<typeof countUsage>>,
  checks: Awaited<ReturnType<typeof checkStates>>,
): VersionSummary {
  const { name, digest, isUploaded, isLogged, created } = row;
  const described = describeLogged(row.schema, row.profile);
  const key = usageKey(name, digest);
  return {
    digest,
    isUploaded,
    isLogged,
    rows: row.rows ?? described.rows,
    columns: row.columns ?? described.schema?.length ?? null,
    runs: usage.get(key)?.runs ?? 0,
    modelVersions: usage.get(key)?.modelVersions ?? 0,
    check: checks.get(key) ?? null,
    createdAt: new Date(created),
  };
}

async function runsThatUsed(ctx: Context, { name, digest }: VersionKey): Promise<DatasetVersion["usedByRuns"]> {
  const rows = await ctx.db
    .select({
      id: runs.id,
      name: runs.name,
      experimentId: runs.experimentId,
      experimentName: experiments.name,
      tags: runDatasets.tags,
    })
    .from(datasets)
    .innerJoin(runDatasets, eq(runDatasets.datasetId, datasets.id))
    .innerJoin(runs, and(eq(runs.id, runDatasets.runId), isNull(runs.deletedAt)))
    .innerJoin(
      experiments,
      and(
        eq(experiments.workspaceId, runs.workspaceId),
        eq(experiments.id, runs.experimentId),
        isNull(experiments.deletedAt),
      ),
    )
    .where(and(eq(datasets.workspaceId, ctx.actor.workspaceId), eq(datasets.name, name), eq(datasets.digest, digest)))
    .orderBy(desc(runs.startedAt), runs.id)
    .limit(maxUsers);
  return rows.map(({ tags, ...run }) => ({ ...run, context: datasetContext(tags) }));
}

async function modelVersionsOf(ctx: Context, runIds: string[]): Promise<DatasetVersion["usedByModelVersions"]> {
  if (runIds.length === 0) return [];
  return ctx.db
    .select({ modelName: registeredModels.name, version: modelVersions.version, runId: modelVersions.runId })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.runId, runIds)))
    .orderBy(registeredModels.name, desc(modelVersions.version))
    .limit(maxUsers);
}

async function checksOf(ctx: Context, version: { id: string; digest: string }): Promise<DatasetCheck[]> {
  const rows = await ctx.db
    .select({ check: datasetChecks, revision: datasetContracts.revision })
    .from(datasetChecks)
    .innerJoin(datasetContracts, eq(datasetContracts.id, datasetChecks.contractId))
    .where(and(eq(datasetChecks.workspaceId, ctx.actor.workspaceId), eq(datasetChecks.versionId, version.id)))
    .orderBy(desc(datasetContracts.revision))
    .limit(maxChecks);
  return rows.map(({ check: { id, passed, results, createdAt }, revision }) => ({
    id,
    digest: version.digest,
    revision,
    passed,
    results: RuleResult.array().parse(results),
    createdAt,
  }));
}
