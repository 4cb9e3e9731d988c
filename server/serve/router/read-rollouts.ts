import { and, eq, inArray, isNotNull, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, modelVersions, registeredModels, rollouts } from "#db/schema/index.ts";
import { log } from "#server/base/log.ts";
import { FrozenFacts, RolloutState } from "#server/serve/rollout/contract.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import { deployedEngine } from "../engines/deployed-engine.ts";
import type { DeployedEngine } from "../engines/engine-client.ts";
import type { ServedRollout } from "../rollout/served-rollout.ts";
import { type DeployedModel, servedColumns, servedModel } from "../versions/served-model.ts";
import type { Route } from "./routes.ts";

interface ReadRollout {
  served: ServedRollout;
  /** Version that the endpoint's own route runs in the meantime. */
  currentVersionId: string;
}

/** Reads active rollouts, by endpoint. For gateways, not on behalf of a caller. */
export async function readRollouts(db: Database): Promise<Map<string, ReadRollout>> {
  const otherId = sql`case when ${rollouts.phase} = 'watching' then ${rollouts.stableVersionId} else ${rollouts.canaryVersionId} end`;
  const rows = await db
    .select({
      rollout: rollouts,
      model: servedColumns,
      stable: {
        deploymentId: deployments.id,
        providers: deployments.providers,
        engine: deployments.engine,
        engineSecret: deployments.engineSecret,
      },
    })
    .from(rollouts)
    .innerJoin(deployments, eq(deployments.id, rollouts.stableDeploymentId))
    .innerJoin(modelVersions, eq(modelVersions.id, otherId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        inArray(rollouts.phase, ["starting", "stepping", "watching"]),
        isNotNull(modelVersions.signature),
        or(isNotNull(modelVersions.artifactKey), isNotNull(deployments.engine)),
      ),
    );
  const found = new Map<string, ReadRollout>();
  for (const { stable, ...row } of rows) {
    const { providers } = stable;
    const read = tryRead({ ...row, stable: { providers, engine: await deployedEngine(db, stable) } });
    if (read) found.set(row.rollout.endpointId, read);
  }
  return found;
}

/** Parses a rollout. An unreadable one must not prevent others from changing: its endpoint serves the deployed version. */
function tryRead(row: Row): ReadRollout | undefined {
  try {
    return readRollout(row);
  } catch (cause) {
    log.error("rollout.not_read", { rolloutId: row.rollout.id, cause });
    return undefined;
  }
}

/** Returns a route's rollout; undefined also when another version was deployed in the meantime, which the rollout does not assign. */
export function servedRollout(route: Route, rollouts: ReadonlyMap<string, ReadRollout>): ServedRollout | undefined {
  const found = rollouts.get(route.endpointId);
  return found?.currentVersionId === route.model.versionId ? found.served : undefined;
}

interface Row {
  rollout: typeof rollouts.$inferSelect;
  model: Parameters<typeof servedModel>[0];
  stable: { providers: string[]; engine: DeployedEngine | undefined };
}

function readRollout({ rollout, model, stable }: Row): ReadRollout {
  const plan = RolloutPlan.parse(rollout.plan);
  const { slowMs, outcomeAgeMs, outputBins, binnedOutput, costClip = null } = FrozenFacts.parse(rollout.frozen);
  const { step, weight } = RolloutState.parse(rollout.state);
  const { id: rolloutId, salt, canaryVersionId, stableVersionId } = rollout;
  const phase = rollout.phase as ServedRollout["phase"];
  const isWatching = phase === "watching";
  const shadowShare = isWatching ? plan.watch.shadowShare : phase === "stepping" ? plan.steps[step]?.shadowShare : 0;
  const own = rollout.providers as ExecutionProvider[];
  const providers = stable.providers as ExecutionProvider[];
  const other: DeployedModel = isWatching
    ? { model: servedModel(model), providers, engine: stable.engine }
    : { model: servedModel(model), providers: own.length > 0 ? own : providers };
  return {
    currentVersionId: isWatching ? canaryVersionId : stableVersionId,
    served: {
      rolloutId,
      phase,
      salt,
      unit: plan.unit,
      step,
      other,
      weight: isWatching ? 1 : phase === "starting" ? 0 : weight,
      shadowShare: shadowShare ?? 0,
      metrics: plan.guardrails.map(({ metric }) => metric),
      slowMs,
      outcomeAgeMs,
      outputRange: plan.outputRange,
      outputBins,
      binnedOutput,
      costClip,
    },
  };
}
