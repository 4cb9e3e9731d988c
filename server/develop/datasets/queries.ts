import { and, desc, eq, inArray, max, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { datasetContracts, datasetUploads, datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import {
  type Dataset,
  type DatasetSummary,
  type DatasetUpload,
  ListDatasets,
  type ReadVersion,
  VersionKey,
} from "./contract.ts";
import { findContract, findUploadedVersion, noDataset, noUpload } from "./lookups.ts";
import { describeLogged } from "./mlflow-description.ts";
import { toContract, toUpload } from "./shapes.ts";
import { summariseVersion } from "./version-queries.ts";
import { checkStates, countUsage, datasetNames, usageKey, VersionRow, versionsTable } from "./version-rows.ts";

const maxVersions = 100;
const maxUploads = 10;
const maxVersionsRead = 500;

/** Datasets in the order of their names: what clients logged and what was uploaded, by name. */
export async function listDatasets(ctx: Context, input: ListDatasets = {}): Promise<DatasetSummary[]> {
  permit(ctx, "listDatasets");
  const { search, after, limit } = ListDatasets.parse(input);
  const { rows } = await ctx.db.execute(sql`
    select name from ${datasetNames(ctx)} n
    where position(lower(${search}) in lower(name)) > 0
      and ${after === undefined ? sql`true` : sql`name collate "C" > ${after}`}
    order by name collate "C" limit ${limit}`);
  return summarise(
    ctx,
    rows.map(({ name }) => String(name)),
  );
}

/** Returns a dataset with its versions, uploads in progress or failed, and its contract. @throws DomainError "not-found" */
export async function getDataset(ctx: Context, name: string): Promise<Dataset> {
  permit(ctx, "getDataset");
  const { rows: known } = await ctx.db.execute(sql`select 1 from ${datasetNames(ctx)} n where name = ${name} limit 1`);
  const [summary] = known.length > 0 ? await summarise(ctx, [name]) : [];
  if (!summary) throw noDataset(name);
  const result = await ctx.db.execute(
    sql`select * from ${versionsTable(ctx, [name])} v order by created desc, digest limit ${maxVersions}`,
  );
  const usage = await countUsage(ctx, [name], "digest");
  const checks = await checkStates(ctx, [name], "digest");
  const uploads = await ctx.db
    .select()
    .from(datasetUploads)
    .where(
      and(
        eq(datasetUploads.workspaceId, ctx.actor.workspaceId),
        eq(datasetUploads.name, name),
        ne(datasetUploads.state, "done"),
      ),
    )
    .orderBy(desc(datasetUploads.createdAt))
    .limit(maxUploads);
  const contract = await findContract(ctx, name);
  return {
    ...summary,
    list: rowsOf(VersionRow, result).map((row) => summariseVersion(row, usage, checks)),
    uploads: uploads.map((row) => toUpload(row, null)),
    contract: contract ? toContract(contract) : null,
  };
}

/** Lists versions of all datasets whose rows Leeway has read, newest first, at most 500. */
export async function listReadVersions(ctx: Context): Promise<ReadVersion[]> {
  permit(ctx, "listReadVersions");
  const { name, digest, rows, createdAt, workspaceId } = datasetVersions;
  return ctx.db
    .select({ name, digest, rows, createdAt })
    .from(datasetVersions)
    .where(eq(workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(createdAt))
    .limit(maxVersionsRead);
}

/** Returns one upload with its progress and its resulting version. @throws DomainError "not-found" */
export async function getDatasetUpload(ctx: Context, input: { name: string; id: string }): Promise<DatasetUpload> {
  permit(ctx, "getDatasetUpload");
  const [row] = await ctx.db
    .select({ upload: datasetUploads, digest: datasetVersions.digest })
    .from(datasetUploads)
    .leftJoin(datasetVersions, eq(datasetVersions.id, datasetUploads.versionId))
    .where(
      and(
        eq(datasetUploads.workspaceId, ctx.actor.workspaceId),
        eq(datasetUploads.name, input.name),
        eq(datasetUploads.id, input.id),
      ),
    );
  if (!row) throw noUpload();
  return toUpload(row.upload, row.digest);
}

/** Opens the file of an uploaded version. @throws DomainError "not-found"; "forbidden" for a token of a training job that does not use it */
export async function openDatasetFile(ctx: Context, input: VersionKey, store: ArtifactStore) {
  permit(ctx, "openDatasetFile");
  const { id, artifactKey, fileName, sizeBytes, sha256 } = await findUploadedVersion(ctx, VersionKey.parse(input));
  if (ctx.actor.run && !ctx.actor.run.datasets.includes(id)) {
    throw new DomainError("forbidden", "This token is for one training job, which does not use this dataset version.");
  }
  return { body: await store.open(artifactKey), fileName, sizeBytes, sha256 };
}

async function summarise(ctx: Context, names: string[]): Promise<DatasetSummary[]> {
  if (names.length === 0) return [];
  const result = await ctx.db.execute(sql`
    select distinct on (name) *, count(*) over (partition by name) as versions
    from ${versionsTable(ctx, names)} v order by name, created desc, digest`);
  const newest = new Map(rowsOf(VersionRow.extend({ versions: z.number() }), result).map((row) => [row.name, row]));
  const usage = await countUsage(ctx, names, "name");
  const checks = await checkStates(ctx, names, "name");
  const revisions = await ctx.db
    .select({ name: datasetContracts.name, revision: max(datasetContracts.revision) })
    .from(datasetContracts)
    .where(and(eq(datasetContracts.workspaceId, ctx.actor.workspaceId), inArray(datasetContracts.name, names)))
    .groupBy(datasetContracts.name);
  const revisionOf = new Map(revisions.map(({ name, revision }) => [name, revision]));
  return names.map((name) => {
    const version = newest.get(name);
    return {
      name,
      versions: version?.versions ?? 0,
      newest: version
        ? {
            digest: version.digest,
            rows: version.rows ?? describeLogged(null, version.profile).rows,
            createdAt: new Date(version.created),
          }
        : null,
      runs: usage.get(usageKey(name))?.runs ?? 0,
      modelVersions: usage.get(usageKey(name))?.modelVersions ?? 0,
      check: checks.get(usageKey(name)) ?? null,
      contractRevision: revisionOf.get(name) ?? null,
    };
  });
}
