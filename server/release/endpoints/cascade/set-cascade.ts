import { and, eq } from "drizzle-orm";
import { endpoints, modelVersions, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { refuseMisfitOf } from "#server/develop/registry/pipeline/refuse-misfit.ts";
import { refuseUnsafe } from "#server/develop/registry/security/refuse-unsafe.ts";
import { refuseWhileRollingOut } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseDeploy } from "#server/release/gates/refuse-deploy.ts";
import { readCascade } from "../../../serve/cascade/cascade-queries.ts";
import { type Cascade, SetCascade, type StoredCascade } from "../../../serve/cascade/contract.ts";
import { findSeen } from "../../../serve/cascade/find-seen.ts";
import { rulesProblem } from "../../../serve/cascade/rules-problem.ts";
import { signatureDifferences } from "../../../serve/cascade/signature-differences.ts";
import { currentDeployments } from "../../../serve/endpoints/deployment-rows.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "../../../serve/endpoints/lookups.ts";
import { knownEngines } from "../../../serve/engines/known-engines.ts";
import { findServable } from "../../../serve/versions/find-servable.ts";
import { noteEndpointFeatures } from "../note-endpoint-features.ts";

/**
 * Replaces the cascade of an endpoint; a cascade without further steps removes it. Gateways load the versions of the steps and apply it
 * within seconds; until a step is loaded, they return the prediction of the step before. A version without a file runs on the engine of its
 * last deployment, on any endpoint.
 * @throws DomainError "invalid" for unreachable steps or an unknown output; "not-found" for the endpoint, a model or a version; "conflict"
 * if the endpoint is archived, has no deployment or has a rollout, or a version cannot be served there, with the differences.
 */
export async function setCascade(ctx: Context, input: SetCascade): Promise<Cascade> {
  permit(ctx, "setCascade");
  const { endpointId, cascade } = SetCascade.parse(input);
  await transact(ctx, async (ctx) => {
    const { name } = await findLiveEndpoint(ctx, endpointId);
    const before = await readCascade(ctx, endpointId);
    const kept = await checked(ctx, { endpointId, name }, cascade);
    const [changed] = await ctx.db
      .update(endpoints)
      .set({ cascade: kept })
      .where(liveEndpoint(ctx, endpointId))
      .returning();
    if (!changed) throw archived(name);
    await refuseWhileRollingOut(ctx, endpointId, "set the cascade");
    await noteEndpointFeatures(ctx, endpointId);
    await record(ctx, "endpoint.cascade-set", { subject: `endpoint/${name}`, before, after: cascade });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
  return cascade;
}

/**
 * Validates a cascade, every step of which must be allowed to serve and be able to replace the first, and returns it in its stored form.
 */
async function checked(
  ctx: Context,
  { endpointId, name }: { endpointId: string; name: string },
  cascade: Cascade,
): Promise<StoredCascade> {
  if (cascade.next.length === 0) return { ...cascade, next: [] };
  const current = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  if (!current)
    throw new DomainError("conflict", `Nothing is deployed to "${name}". Deploy the first step before adding others.`);
  const first = await findSeen(ctx, current.versionId);
  const steps = [{ seen: first, rules: cascade.rules }];
  const next: StoredCascade["next"] = [];
  const used = new Set([current.versionId]);
  for (const { model, version, ...step } of cascade.next) {
    const isThis = and(
      eq(modelVersions.workspaceId, ctx.actor.workspaceId),
      and(eq(registeredModels.name, model), eq(modelVersions.version, version)),
    );
    const [engine = null] = (await knownEngines(ctx.db, isThis)).values();
    const { id: versionId } = await findServable(ctx, { model, version, engine });
    if (used.has(versionId))
      throw new DomainError(
        "invalid",
        `${model} version ${version} is used twice. Every step needs a different version.`,
      );
    used.add(versionId);
    // A concurrent deletion of the version waits for this transaction and then sees the step, or this transaction finds it deleted.
    const lock = ctx.db.select().from(modelVersions).where(eq(modelVersions.id, versionId));
    await lock.for("key share");
    await refuseDeploy(ctx, { name: model, version });
    await refuseUnsafe(ctx, versionId, { name: model, version });
    await refuseMisfitOf(ctx, versionId);
    const seen = await findSeen(ctx, versionId);
    const differences = signatureDifferences(first, seen);
    if (differences.length > 0) {
      const than = `${current.modelName} version ${current.version}`;
      const what = `${model} version ${version} is not compatible with ${than}: ${differences.join(" ")}`;
      throw new DomainError("conflict", what);
    }
    steps.push({ seen, rules: step.rules });
    next.push({ ...step, versionId });
  }
  const problem = rulesProblem(steps.map(({ seen, rules }) => ({ outputs: seen.signature.outputs, rules })));
  if (problem) throw new DomainError("invalid", problem);
  return { ...cascade, next };
}
