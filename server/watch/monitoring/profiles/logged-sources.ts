import { and, eq } from "drizzle-orm";
import { datasets, datasetVersions, type modelVersions, runDatasets } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { datasetContext } from "#server/develop/datasets/dataset-context.ts";
import { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import { planReference } from "./build/plan-reference.ts";
import { problemOf } from "./check-source.ts";
import type { LoggedSource } from "./contract.ts";
import { labelColumnOf } from "./label-column.ts";
import { versionSides } from "./version-sides.ts";

type VersionRow = typeof modelVersions.$inferSelect;

const maxLogged = 50;
/** Contexts in which a run uses datasets, best reference first. */
const contexts = ["training", "train", "validation", "evaluation", "eval", "test"];

/** Returns the datasets that a version's run logged, the best reference first, and the reason why each is unusable, if any. */
export async function loggedSources(ctx: Context, version: VersionRow): Promise<LoggedSource[]> {
  if (!version.runId) return [];
  const rows = await ctx.db
    .select({ name: datasets.name, digest: datasets.digest, tags: runDatasets.tags, read: datasetVersions })
    .from(runDatasets)
    .innerJoin(datasets, eq(datasets.id, runDatasets.datasetId))
    .leftJoin(
      datasetVersions,
      and(
        eq(datasetVersions.workspaceId, ctx.actor.workspaceId),
        eq(datasetVersions.name, datasets.name),
        eq(datasetVersions.digest, datasets.digest),
      ),
    )
    .where(and(eq(runDatasets.workspaceId, ctx.actor.workspaceId), eq(runDatasets.runId, version.runId)))
    .orderBy(datasets.name, datasets.digest)
    .limit(maxLogged);
  const found = rows.map(({ name, digest, tags, read }): LoggedSource => {
    const dataset = { name, digest, context: datasetContext(tags) };
    if (!read) {
      const problem = `The rows of ${name} (${digest}) are not available. Upload the file to use them as the reference.`;
      return { ...dataset, rows: null, source: null, problem };
    }
    return { ...dataset, rows: read.rows, ...sourceOf(version, read) };
  });
  return found.sort((a, b) => rankOf(a) - rankOf(b));
}

function sourceOf(
  version: VersionRow,
  read: typeof datasetVersions.$inferSelect,
): Pick<LoggedSource, "source" | "problem"> {
  if (!version.signature) return { source: null, problem: "The signature of this version is unknown." };
  const sides = versionSides(version);
  const columns = ColumnProfile.array().parse(read.columns);
  const { specs, missing } = planReference(sides, columns, { columns: {} });
  const inputs = specs.filter(({ role }) => role === "input");
  const problem = problemOf(inputs.length, missing, read.name) ?? null;
  const names = columns.map(({ name }) => name);
  const labelColumn = labelColumnOf(names, specs, sides.signature.labels);
  const source = {
    kind: "dataset" as const,
    name: read.name,
    digest: read.digest,
    labelColumn,
    where: null,
    columns: {},
  };
  return { source, problem };
}

function rankOf({ problem, context }: LoggedSource): number {
  const index = contexts.indexOf(context?.toLowerCase() ?? "");
  return (problem === null ? 0 : 100) + (index < 0 ? contexts.length : index);
}
