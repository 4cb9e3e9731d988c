import { and, desc, eq } from "drizzle-orm";
import { deployments, endpoints, modelAliases, modelVersions, registeredModels } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { refuseMisfitOf } from "#server/registry/pipeline/refuse-misfit.ts";
import { refuseDeploy } from "#server/registry/policy/refuse-deploy.ts";
import { refuseUnsafe } from "#server/registry/security/refuse-unsafe.ts";
import type { Deployment } from "./contract.ts";
import { currentDeployments } from "./deployment-rows.ts";
import { DeployVersion } from "./input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "./lookups.ts";

/**
 * Puts a version behind an endpoint, which is loaded again if it was unloaded. Every gateway loads and warms it before it answers, so no request fails meanwhile.
 * @throws DomainError "not-found" for the endpoint, model, version or alias; "conflict" when the endpoint is archived, the
 * version cannot be served, its pipeline does not fit, its policy or the workspace's security policy keeps it from serving, or it serves already on the same providers.
 */
export async function deployVersion(ctx: Context, input: DeployVersion): Promise<Deployment> {
  permit(ctx, "deployVersion");
  const { endpointId, providers, reason, ...wish } = DeployVersion.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: deployedBy } = ctx.actor;
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    const version = await findServable(ctx, wish);
    const key = { name: version.modelName, version: version.version };
    await refuseDeploy(ctx, key);
    const warnings = await refuseUnsafe(ctx, version.id, key);
    await refuseMisfitOf(ctx, version.id);
    // Two operators at once: the second waits here and then sees the first one's deployment as "before".
    const [locked] = await ctx.db.select().from(endpoints).where(liveEndpoint(ctx, endpointId)).for("update");
    if (!locked) throw archived(endpoint.name);
    const before = (await currentDeployments(ctx, [endpointId])).get(endpointId);
    const serves = before?.versionId === version.id && String(before.providers) === String(providers);
    if (serves && !locked.unloadedAt) {
      throw new DomainError(
        "conflict",
        `${before.modelName} version ${before.version} serves "${endpoint.name}" already.`,
      );
    }
    await ctx.db.update(endpoints).set({ unloadedAt: null }).where(liveEndpoint(ctx, endpointId));
    const [row] = await ctx.db
      .insert(deployments)
      .values({ workspaceId, endpointId, versionId: version.id, providers, reason, deployedBy })
      .returning();
    if (!row) throw new Error("The deployment was not inserted.");
    const after = { model: version.modelName, version: version.version, providers };
    await record(ctx, "version.deployed", {
      subject: `endpoint/${endpoint.name}`,
      before: before && { model: before.modelName, version: before.version, providers: before.providers },
      after: warnings.length > 0 ? { ...after, warnings } : after,
      reason,
    });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
    const { id, versionId, deployedAt } = row;
    const { modelName } = version;
    return { id, versionId, modelName, version: version.version, providers, reason, deployedBy, deployedAt };
  });
}

interface ServableVersion {
  id: string;
  modelName: string;
  version: number;
}

async function findServable(
  ctx: Context,
  { model, version, alias }: { model: string; version?: number | undefined; alias?: string | undefined },
): Promise<ServableVersion> {
  const { id, version: number, inspection, inspectionMessage, artifactKey } = modelVersions;
  const select = ctx.db
    .select({ id, version: number, inspection, inspectionMessage, artifactKey, modelName: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .leftJoin(modelAliases, eq(modelAliases.versionId, modelVersions.id));
  const [found] = await select
    .where(
      and(
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        eq(registeredModels.name, model),
        version === undefined ? undefined : eq(number, version),
        alias === undefined || alias.toLowerCase() === "latest" ? undefined : eq(modelAliases.alias, alias),
      ),
    )
    .orderBy(desc(number))
    .limit(1);
  const wanted = version === undefined ? `alias "${alias}"` : `version ${version}`;
  if (!found) throw new DomainError("not-found", `The model "${model}" does not exist or has no ${wanted}.`);
  if (found.inspection === "servable" && found.artifactKey) return found;
  const why =
    found.inspection === "pending"
      ? "is still being checked. Try again in a moment"
      : `cannot be served: ${found.inspectionMessage ?? "it is not an ONNX model"}`;
  throw new DomainError("conflict", `${model} version ${found.version} ${why.replace(/\.$/, "")}.`);
}
