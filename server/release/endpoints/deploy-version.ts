import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { refuseMisfitOf } from "#server/develop/registry/pipeline/refuse-misfit.ts";
import { refuseUnsafe } from "#server/develop/registry/security/refuse-unsafe.ts";
import { refuseWhileRollingOut } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseDeploy } from "#server/release/gates/refuse-deploy.ts";
import type { Deployment } from "../../serve/endpoints/contract.ts";
import { currentDeployments } from "../../serve/endpoints/deployment-rows.ts";
import { DeployVersion } from "../../serve/endpoints/input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "../../serve/endpoints/lookups.ts";
import { checkEngineUrl } from "../../serve/engines/address.ts";
import { type Engine, type EngineRules, type NewEngine, publicOnly } from "../../serve/engines/contract.ts";
import { retainedSecret } from "../../serve/engines/retained-secret.ts";
import { findServable } from "../../serve/versions/find-servable.ts";
import { blockVersion } from "./blocks/block-version.ts";
import { refuseBlocked } from "./blocks/refuse-blocked.ts";
import { insertDeployment } from "./insert-deployment.ts";
import { noteEndpointFeatures } from "./note-endpoint-features.ts";
import { refuseFrozen } from "./refuse-frozen.ts";

/**
 * Deploys a version to an endpoint, which is loaded again if it was unloaded. Every gateway loads and warms the version before it serves
 * it, so that no request fails meanwhile. With an engine, gateways forward requests there instead; then a version needs a signature, but no
 * ONNX file.
 * @param rules which engines are allowed
 * @throws DomainError "not-found" for the endpoint, model, version or alias; "conflict" if the endpoint is archived, the version cannot be
 * served, its pipeline does not fit, the endpoint has a rollout, its error budget blocks changes, its policy or the workspace's security
 * policy forbids it, the version is blocked there, or it is already deployed on the same providers. A rollback blocks the version that it
 * leaves.
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
    engine: requested,
    purpose,
    overridesBudget,
    overridesBlock,
    ...values
  } = DeployVersion.parse(input);
  const engine = requested ? await checkEngine(requested, rules) : null;
  return transact(ctx, async (ctx) => {
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    const version = await findServable(ctx, { ...values, engine });
    const key = { name: version.modelName, version: version.version };
    await refuseDeploy(ctx, key);
    const warnings = await refuseUnsafe(ctx, version.id, key);
    await refuseMisfitOf(ctx, version.id);
    // Two concurrent operators: the second waits here and then sees the first one's deployment as "before".
    const [locked] = await ctx.db.select().from(endpoints).where(liveEndpoint(ctx, endpointId)).for("update");
    if (!locked) throw archived(endpoint.name);
    await refuseWhileRollingOut(ctx, endpointId, "deploy");
    const before = (await currentDeployments(ctx, [endpointId])).get(endpointId);
    const engineSecret = engine && (await retainedSecret(ctx, endpointId, engine, requested?.header));
    const isSame = String(before?.providers) === String(providers) && isDeepStrictEqual(before?.engine, engine);
    // A new secret is a change that cannot be detected.
    const serves = before?.versionId === version.id && isSame && requested?.header?.value === undefined;
    if (serves && !locked.unloadedAt) {
      throw new DomainError(
        "conflict",
        `${before.modelName} version ${before.version} is already deployed to "${endpoint.name}".`,
      );
    }
    const blocked = { endpoint: { id: endpointId, name: endpoint.name }, versionId: version.id };
    await refuseBlocked(ctx, { ...blocked, overrides: overridesBlock, reason });
    const change = { endpointId, versionId: version.id, before, purpose, overridesBudget, reason };
    const inSpite = await refuseFrozen(ctx, change);
    const loadedAt = locked.unloadedAt ? new Date() : undefined;
    await ctx.db.update(endpoints).set({ unloadedAt: null, loadedAt }).where(liveEndpoint(ctx, endpointId));
    const row = await insertDeployment(ctx, {
      endpointId,
      versionId: version.id,
      providers,
      engine,
      engineSecret,
      reason,
    });
    await noteEndpointFeatures(ctx, endpointId);
    if (purpose === "rollback" && before && before.versionId !== version.id) {
      const left = { id: before.versionId, model: before.modelName, version: before.version };
      await blockVersion(ctx, { endpoint: blocked.endpoint, version: left, reason });
    }
    const after = {
      ...auditValues({ modelName: version.modelName, version: version.version, providers, engine }),
      ...(inSpite !== undefined && { inSpiteOfBudget: inSpite }),
    };
    await record(ctx, "version.deployed", {
      subject: `endpoint/${endpoint.name}`,
      before: before && auditValues(before),
      after: warnings.length > 0 ? { ...after, warnings } : after,
      reason,
    });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
    const { id, versionId, deployedBy, deployedAt } = row;
    const { modelName } = version;
    return { id, versionId, modelName, version: version.version, providers, engine, reason, deployedBy, deployedAt };
  });
}

function auditValues({
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
