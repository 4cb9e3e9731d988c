import { and, eq, inArray } from "drizzle-orm";
import { datasetVersions, modelVersions, type trainingEngines } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { ownUserId } from "#server/platform/identity/tokens/queries.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findTeam } from "#server/platform/teams/team-of.ts";
import { JobSpec, type Parameters } from "../contract.ts";
import { needsImage } from "../engines/needs-image.ts";
import { findEngine, loadEngineRow } from "../engines/queries.ts";
import { takesSeveralMachines } from "../engines/takes-several-machines.ts";
import { keepPackage, requirePackage } from "../packages/package-store.ts";
import type { JobTemplate } from "../templates/contract.ts";
import { findTemplate } from "../templates/queries.ts";
import { withParameters } from "../templates/with-parameters.ts";

type EngineRow = typeof trainingEngines.$inferSelect;

interface Wanted {
  template?: string | undefined;
  spec?: JobSpec | undefined;
  engine?: string | undefined;
}

interface ResolvedJob {
  template: JobTemplate | undefined;
  spec: JobSpec;
  engine: EngineRow;
}

/**
 * Finds what a template, or a specification, and an engine stand for. @param parameters of the template
 * @throws DomainError "not-found" for the engine or template; "invalid" for parameters that it does not take, and where nothing is named
 */
export async function resolveJob(ctx: Context, wanted: Wanted, parameters: Parameters): Promise<ResolvedJob> {
  const template = wanted.template === undefined ? undefined : await findTemplate(ctx, wanted.template);
  const spec = JobSpec.parse(template ? withParameters(template.spec, parameters) : specOf(wanted));
  const engine =
    wanted.engine !== undefined
      ? await findEngine(ctx, wanted.engine)
      : await loadEngineRow(ctx, template?.spec.engineId ?? null);
  return { template, spec, engine };
}

function specOf({ spec }: Wanted): JobSpec {
  if (spec) return spec;
  throw new DomainError("invalid", "Enter a template or a specification.", { field: "spec" });
}

/**
 * Checks that an engine can run a specification, and that all it needs is there, in the transaction that then refers to it.
 * @throws DomainError "invalid" for what the engine cannot run; "not-found" for the package, a dataset, a model version or the team;
 * "forbidden" for a model that the caller may not register, and datasets that it may not read
 */
export async function requireRunnable(
  ctx: Context,
  { spec, engine, teamId }: { spec: JobSpec; engine: EngineRow; teamId: string | undefined },
  artifacts: Pick<ArtifactStore, "stat">,
): Promise<void> {
  if (engine.settings.kind === "local" && spec.image !== null) {
    throw new DomainError("invalid", `"${engine.name}" runs commands, not container images.`, { field: "spec.image" });
  }
  if (needsImage(engine.settings, spec)) {
    throw new DomainError("invalid", "Kubernetes needs a container image.", { field: "spec.image" });
  }
  if (spec.resources.nodes > 1 && !takesSeveralMachines(engine)) {
    throw new DomainError("invalid", `"${engine.name}" starts each job on one machine.`, {
      field: "spec.resources.nodes",
    });
  }
  if (spec.registerAs !== null) permit(ctx, "createModelVersion");
  if (spec.packageKey !== null) {
    await keepPackage(ctx, spec.packageKey);
    await requirePackage(ctx, spec.packageKey, artifacts);
  }
  // The token of the program opens the files of its datasets.
  if (Object.keys(spec.datasets).length > 0) permit(ctx, "openDatasetFile");
  await requireDatasets(ctx, Object.values(spec.datasets));
  await requireModels(ctx, Object.values(spec.models));
  if (teamId !== undefined && !(await findTeam(ctx, teamId))) {
    throw new DomainError("not-found", "Team not found.", { field: "teamId" });
  }
}

async function requireDatasets(ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = await ctx.db
    .select({ id: datasetVersions.id })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.id, [...ids])));
  const missing = ids.find((id) => !known.some((one) => one.id === id));
  if (missing === undefined) return;
  throw new DomainError("not-found", `Dataset version ${missing} not found.`, { field: "spec.datasets" });
}

async function requireModels(ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = await ctx.db
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, [...ids])));
  const missing = ids.find((id) => !known.some((one) => one.id === id));
  if (missing === undefined) return;
  throw new DomainError("not-found", `Model version ${missing} not found.`, { field: "spec.models" });
}

/** Returns who submits, on whose behalf its programs write. @throws DomainError "forbidden" for Leeway itself */
export async function submitterOf(ctx: Context): Promise<{ id: string; name: string }> {
  const id = await ownUserId(ctx);
  if (!id) throw new DomainError("forbidden", "Jobs are submitted by people and service accounts.");
  return { id, name: ctx.actor.name };
}
