import { and, eq, isNull } from "drizzle-orm";
import { memberships, registeredModels, registeredModelTags, runs, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { LoggedModel } from "#server/develop/tracking/models/contract.ts";
import { loadLoggedModels } from "#server/develop/tracking/models/queries.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { loadRuns } from "#server/develop/tracking/runs/load-runs.ts";
import type { MetadataFacts } from "../policy/check-metadata.ts";
import { chooseLicence } from "../security/choose-licence.ts";
import { type KnownSecurity, loadSecurity, notKnown } from "../security/load-security.ts";
import type { VersionDetails } from "../versions/contract.ts";

/** Facts about one version that gates evaluate. */
export interface VersionFacts {
  version: VersionDetails;
  run: Run | null;
  security: KnownSecurity;
  metadata: MetadataFacts;
}

/** Gathers, for versions of one model, what gates and policies ask about: run, metrics, datasets, owner, licence. */
export async function loadVersionFacts(ctx: Context, versions: VersionDetails[]): Promise<VersionFacts[]> {
  const [first] = versions;
  if (!first) return [];
  const model = await loadOwnerAndText(ctx, first.modelId);
  const runIds = [...new Set(versions.flatMap(({ lineage }) => (lineage.run ? [lineage.run.id] : [])))];
  const runOf = new Map((await loadRuns(ctx, runIds)).map((run) => [run.id, run]));
  const modelIds = versions.flatMap(({ loggedModelId }) => (loggedModelId ? [loggedModelId] : []));
  const loggedOf = new Map((await loadLoggedModels(ctx, modelIds)).map((logged) => [logged.id, logged]));
  const securityOf = await loadSecurity(
    ctx,
    versions.map(({ id }) => id),
  );
  return versions.map((version) => {
    const run = runOf.get(version.runId) ?? null;
    const { datasets } = version.lineage;
    const security = securityOf.get(version.id) ?? notKnown;
    const licence = chooseLicence({
      versionTags: version.tags,
      modelTags: model.tags,
      metadata: version.signature?.metadata,
      scanned: security.scan?.report?.licence,
    });
    return {
      version,
      run,
      security,
      metadata: {
        owner: model.owner,
        description: version.description || model.description,
        run: run?.name ?? null,
        datasets: datasets.map(({ name, digest }) => `${name}, ${digest}`),
        unsigned: version.signature ? null : describeUnsigned(version),
        licence: licence?.name ?? null,
        metrics: metricsOf(run, loggedOf.get(version.loggedModelId ?? "")),
      },
    };
  });
}

/** Returns the finished child runs of a run: the same training with other seeds, if the policy uses them. */
export async function loadChildRuns(ctx: Context, runId: string): Promise<Run[]> {
  const rows = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.workspaceId, ctx.actor.workspaceId),
        eq(runs.parentRunId, runId),
        eq(runs.status, "FINISHED"),
        isNull(runs.deletedAt),
      ),
    )
    .limit(100);
  return loadRuns(
    ctx,
    rows.map(({ id }) => id),
  );
}

async function loadOwnerAndText(ctx: Context, modelId: string) {
  const [model] = await ctx.db
    .select({ description: registeredModels.description, owner: users.name })
    .from(registeredModels)
    .leftJoin(
      memberships,
      and(
        eq(memberships.userId, registeredModels.ownerId),
        eq(memberships.workspaceId, registeredModels.workspaceId),
        isNull(memberships.disabledAt),
      ),
    )
    .leftJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(registeredModels.id, modelId), eq(registeredModels.workspaceId, ctx.actor.workspaceId)));
  const tags = await ctx.db.select().from(registeredModelTags).where(eq(registeredModelTags.modelId, modelId));
  return { description: model?.description ?? null, owner: model?.owner ?? null, tags };
}

function describeUnsigned({ inspection, inspectionMessage }: VersionDetails): string {
  return inspection === "pending" ? "The file is still being inspected." : (inspectionMessage ?? "Not an ONNX file.");
}

/** Merges metrics: those of the logged model take precedence over those of its run because the model may be one of many checkpoints. */
function metricsOf(run: Run | null, logged: LoggedModel | undefined): ReadonlyMap<string, number> {
  const points = [...(run?.metrics ?? []), ...(logged?.metrics ?? [])];
  return new Map(points.map(({ key, value }) => [key, Number(value)]));
}
