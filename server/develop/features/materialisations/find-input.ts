import { and, desc, eq } from "drizzle-orm";
import { datasetVersions, featureSources } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { requireScope } from "#server/platform/permissions/permit.ts";
import { findUploadedVersion, noDataset } from "../../datasets/lookups.ts";
import { locateArtifact } from "../../tracking/artifacts/locate.ts";
import type { ViewSource } from "../contract.ts";
import { toSource } from "../definitions/shapes.ts";
import { FeatureError } from "../feature-error.ts";
import { findConnection } from "../sources/connections/lookups.ts";
import { findEndpointId } from "../sources/prediction-rows.ts";
import type { MaterialisationInput } from "./contract.ts";

/**
 * Finds the source that the rows of a view are read from: its own, or the one that holds the history of its push source.
 * @returns undefined if rows only come by writes
 */
export async function findReadSource(ctx: Context, name: string | null): Promise<ViewSource | undefined> {
  const found = name === null ? undefined : await sourceNamed(ctx, name);
  return found && readSourceOf(ctx, found);
}

/** Returns a source itself, or of a push source the one that holds its history. */
async function readSourceOf<Source extends Pick<ViewSource, "kind" | "options">>(ctx: Context, source: Source) {
  if (source.kind !== "push") return source;
  const { batchSource } = source.options;
  const batch = batchSource === null ? undefined : await sourceNamed(ctx, batchSource);
  return batch?.kind === "push" ? undefined : batch;
}

async function sourceNamed(ctx: Context, name: string): Promise<ViewSource | undefined> {
  const [row] = await ctx.db
    .select()
    .from(featureSources)
    .where(and(eq(featureSources.workspaceId, ctx.actor.workspaceId), eq(featureSources.name, name)));
  return row && toSource(row);
}

type Reads = Pick<ViewSource, "name" | "kind" | "options">;

/** Checks that the caller may read what a source reads. @throws DomainError "forbidden" */
export function requireSourceScope(ctx: Context, { name, kind, options }: Reads): void {
  if (kind === "predictions") requireScope(ctx, "serving:read", `The source "${name}" reads predictions.`);
  if (kind === "dataset") requireScope(ctx, "tracking:read", `The source "${name}" reads a dataset.`);
  if (kind === "file" && canBeOurs(options.path)) {
    requireScope(ctx, "tracking:read", `The source "${name}" reads a file of a dataset, run or model.`);
  }
}

/**
 * Checks that the caller may read what the rows of views with a source are read from. Whoever defines that gets to see the rows, since the
 * worker reads them by the source's interval.
 * @throws DomainError "forbidden"
 */
export async function requireReadScope(ctx: Context, source: Reads): Promise<void> {
  const read = await readSourceOf(ctx, source);
  if (read) requireSourceScope(ctx, read);
}

/**
 * Fixes what a materialisation of a source reads: the newest version of a dataset, a file, a connection.
 * @throws FeatureError for a kind that Leeway does not read, and a source that does not say what to read; DomainError "not-found"
 */
export async function findInput(ctx: Context, source: ViewSource): Promise<MaterialisationInput> {
  const { name, kind, options } = source;
  switch (kind) {
    case "dataset":
      return { source: name, kind, dataset: await findDataset(ctx, required(source, "dataset", options.dataset)) };
    case "file":
      return { source: name, kind, ...(await findFile(ctx, required(source, "path", options.path))) };
    case "sql": {
      required(source, "query", options.query);
      const connection = required(source, "connection", options.connection);
      await findConnection(ctx, connection);
      return { source: name, kind, connection };
    }
    case "predictions": {
      const endpoint = required(source, "endpoint", options.endpoint ?? null);
      await findEndpointId(ctx, endpoint);
      return { source: name, kind, endpoint };
    }
    default: {
      const message = `Leeway does not read ${options.kindName ?? kind} sources. Write the rows to the online store, or give the view a source of another kind.`;
      throw new FeatureError("invalid", "source-not-read", message);
    }
  }
}

function required({ name }: ViewSource, option: string, value: string | null): string {
  if (value) return value;
  throw new FeatureError(
    "invalid",
    "source-not-read",
    `The source "${name}" has no ${option}, so there is nothing to read.`,
  );
}

const datasetPath = /^dataset:([^@]+)(?:@([0-9a-f]+))?$/;

/** Whether a path may name a file that Leeway has. Others are of a machine of Feast's clients, and never read. */
function canBeOurs(path: string | null): boolean {
  return path !== null && /^(dataset|mlflow-artifacts):|(^|\/)(models|artifacts)\//.test(path);
}

/** Finds a file by its path: a version of a dataset, or an artifact of a run or model, never a file of this machine. */
async function findFile(ctx: Context, path: string): Promise<Pick<MaterialisationInput, "dataset" | "path">> {
  const [, dataset, digest] = datasetPath.exec(path) ?? [];
  if (dataset !== undefined) return { dataset: await findDataset(ctx, dataset, digest) };
  const below = path.replace(/^mlflow-artifacts:\/+/, "");
  try {
    const { isDeleted } = await locateArtifact(ctx, below);
    if (!isDeleted) return { path: below };
  } catch (error) {
    // The path is the caller's word, so what is wrong with it is no more than that there is no such file.
    if (!(error instanceof Error && "code" in error && (error.code === "invalid" || error.code === "not-found")))
      throw error;
  }
  const message = `There is no file "${path}". A path is "dataset:NAME", "dataset:NAME@DIGEST", or that of an artifact of a run, "mlflow-artifacts:/…"; files of machines are not read.`;
  throw new FeatureError("invalid", "source-not-read", message);
}

async function findDataset(ctx: Context, name: string, digest?: string): Promise<MaterialisationInput["dataset"]> {
  const version =
    digest === undefined ? await newestVersion(ctx, name) : await findUploadedVersion(ctx, { name, digest });
  if (!version) throw noDataset(name);
  return { id: version.id, name, digest: version.digest };
}

/** Returns the newest version of a dataset whose rows Leeway has. */
async function newestVersion(ctx: Context, name: string) {
  const [version] = await ctx.db
    .select({ id: datasetVersions.id, digest: datasetVersions.digest })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.name, name)))
    .orderBy(desc(datasetVersions.createdAt), desc(datasetVersions.id))
    .limit(1);
  return version;
}
