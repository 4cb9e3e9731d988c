import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { deployments, endpoints } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { refuseMisfitOf } from "#server/registry/pipeline/refuse-misfit.ts";
import { refuseDeploy } from "#server/registry/policy/refuse-deploy.ts";
import { refuseUnsafe } from "#server/registry/security/refuse-unsafe.ts";
import { refuseWhileRollingOut } from "#server/rollouts/refuse-while-rolling-out.ts";
import type { Deployment } from "./contract.ts";
import { currentDeployments } from "./deployment-rows.ts";
import { checkEngineUrl } from "./engines/address.ts";
import { type Engine, type EngineRules, type NewEngine, publicOnly } from "./engines/contract.ts";
import { keptSecret } from "./engines/kept-secret.ts";
import { findServable } from "./find-servable.ts";
import { DeployVersion } from "./input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "./lookups.ts";
import { refuseFrozen } from "./refuse-frozen.ts";

/**
 * Puts a version behind an endpoint, which is loaded again if it was unloaded. Every gateway loads and warms it before it answers, so no request fails meanwhile.
 * With an engine, gateways send its requests there instead; then a version needs a signature, but no ONNX file.
 * @param rules which engines may be chosen
 * @throws DomainError "not-found" for the endpoint, model, version or alias; "conflict" when the endpoint is archived, the
 * version cannot be served, its pipeline does not fit, the endpoint has a rollout, its error budget makes changes wait, its policy or the workspace's security policy keeps it from serving, or it serves already on the same providers.
 */
export async function deployVersion(
  ctx: Context,
  input: DeployVersion,
  rules: EngineRules = publicOnly,
): Promise<Deployment> {
  permit(ctx, "deployVersion");
  const {
    endpointId,
    providers,
    reason,
    engine: wished,
    purpose,
    overridesBudget,
    ...wish
  } = DeployVersion.parse(input);
  const engine = wished ? await checkEngine(wished, rules) : null;
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: deployedBy } = ctx.actor;
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    const version = await findServable(ctx, { ...wish, engine });
    const key = { name: version.modelName, version: version.version };
    await refuseDeploy(ctx, key);
    const warnings = await refuseUnsafe(ctx, version.id, key);
    await refuseMisfitOf(ctx, version.id);
    // Two operators at once: the second waits here and then sees the first one's deployment as "before".
    const [locked] = await ctx.db.select().from(endpoints).where(liveEndpoint(ctx, endpointId)).for("update");
    if (!locked) throw archived(endpoint.name);
    await refuseWhileRollingOut(ctx, endpointId, "deploy");
    const before = (await currentDeployments(ctx, [endpointId])).get(endpointId);
    const engineSecret = engine && (await keptSecret(ctx, endpointId, engine, wished?.header));
    const isSame = String(before?.providers) === String(providers) && isDeepStrictEqual(before?.engine, engine);
    // A new secret is a change that nobody can see.
    const serves = before?.versionId === version.id && isSame && wished?.header?.value === undefined;
    if (serves && !locked.unloadedAt) {
      throw new DomainError(
        "conflict",
        `${before.modelName} version ${before.version} is already deployed to "${endpoint.name}".`,
      );
    }
    const change = { endpointId, versionId: version.id, before, purpose, overridesBudget, reason };
    const inSpite = await refuseFrozen(ctx, change);
    await ctx.db.update(endpoints).set({ unloadedAt: null }).where(liveEndpoint(ctx, endpointId));
    const [row] = await ctx.db
      .insert(deployments)
      .values({ workspaceId, endpointId, versionId: version.id, providers, engine, engineSecret, reason, deployedBy })
      .returning();
    if (!row) throw new Error("The deployment was not inserted.");
    const after = {
      ...told({ modelName: version.modelName, version: version.version, providers, engine }),
      ...(inSpite !== undefined && { inSpiteOfBudget: inSpite }),
    };
    await record(ctx, "version.deployed", {
      subject: `endpoint/${endpoint.name}`,
      before: before && told(before),
      after: warnings.length > 0 ? { ...after, warnings } : after,
      reason,
    });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
    const { id, versionId, deployedAt } = row;
    const { modelName } = version;
    return { id, versionId, modelName, version: version.version, providers, engine, reason, deployedBy, deployedAt };
  });
}

function told({
  modelName,
  version,
  providers,
  engine,
}: Omit<Deployment, "id" | "versionId" | "reason" | "deployedBy" | "deployedAt">) {
  return { model: modelName, version, providers, ...(engine && { engine }) };
}

async function checkEngine(
  { header, modelVersion, ...engine }: z.output<typeof NewEngine>,
  rules: EngineRules,
): Promise<Engine> {
  const url = await checkEngineUrl(engine.url, rules);
  return { ...engine, url, modelVersion: modelVersion ?? null, headerName: header?.name ?? null };
}
