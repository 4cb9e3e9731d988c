import { and, asc, eq } from "drizzle-orm";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { VersionKey } from "../versions/contract.ts";
import type { VersionPipeline } from "./contract.ts";
import { planPipeline } from "./plan.ts";
import { problemsOfFeatures } from "./refuse-misfit.ts";

/** Returns the pipeline of a version, with its inputs and outputs for clients. @throws DomainError "not-found" */
export async function getPipeline(ctx: Context, input: VersionKey): Promise<VersionPipeline> {
  permit(ctx, "getPipeline");
  return loadPipeline(ctx, VersionKey.parse(input));
}

/** Returns the pipeline of a version. The caller has checked permissions. @throws DomainError "not-found" */
export async function loadPipeline(ctx: Context, key: VersionKey): Promise<VersionPipeline> {
  const version = await findVersion(ctx, key);
  const { pipeline, signature } = version;
  const plan = pipeline && signature ? planPipeline(pipeline, signature) : undefined;
  const { inputs = [], optional = [], outputs = [], problems = [] } = plan ?? {};
  const featureProblems = await problemsOfFeatures(ctx, pipeline);
  const fixedSince = (await firstDeployment(ctx, version.id)) ?? null;
  return { pipeline, digest: version.pipelineDigest, inputs, optional, outputs, problems, featureProblems, fixedSince };
}

/** Returns when a version was first deployed to an endpoint, archived or not; undefined when it never was. */
export async function firstDeployment(ctx: Context, versionId: string): Promise<Date | undefined> {
  const [first] = await ctx.db
    .select({ deployedAt: deployments.deployedAt })
    .from(deployments)
    .where(and(eq(deployments.workspaceId, ctx.actor.workspaceId), eq(deployments.versionId, versionId)))
    .orderBy(asc(deployments.id))
    .limit(1);
  return first?.deployedAt;
}
