import { and, desc, eq, gt, inArray, or, sql } from "drizzle-orm";
import { alertGroups, endpoints, rolloutDecisions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { StoredIncident } from "#server/respond/incidents/incident-rows.ts";
import type { RecoveryAction } from "#server/respond/incidents/stages/contract.ts";
import { deploymentHistory } from "#server/serve/endpoints/deployment-rows.ts";

const historyLength = 20;

type FoundAction = Omit<RecoveryAction, "burn">;

/**
 * Finds the newest change of the version that serves an endpoint of an incident since it was detected, wherever it was made: a deployment
 * of another version, or a rollout that was rolled back. Undefined without one.
 */
export async function findAction(ctx: Context, incident: StoredIncident): Promise<FoundAction | undefined> {
  const found: FoundAction[] = [];
  for (const { id, name } of await endpointsOf(ctx, incident)) {
    const action = await findActionAt(ctx, { endpointId: id, endpoint: name, detectedAt: incident.detectedAt });
    if (action) found.push({ ...action, endpointId: id });
  }
  return found.toSorted((one, other) => other.at - one.at)[0];
}

/** Returns the endpoint of an incident, and those of its alerts. */
async function endpointsOf(ctx: Context, { id, endpointId }: StoredIncident): Promise<{ id: string; name: string }[]> {
  const ofAlerts = ctx.db
    .select({ id: sql<string>`(${alertGroups.summary}->>'endpointId')::uuid` })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), eq(alertGroups.incidentId, id)));
  return ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        or(endpointId === null ? undefined : eq(endpoints.id, endpointId), inArray(endpoints.id, ofAlerts)),
      ),
    );
}

interface At {
  endpointId: string;
  /** Its name. */
  endpoint: string;
  detectedAt: Date;
}

async function findActionAt(ctx: Context, { endpointId, endpoint, detectedAt }: At): Promise<FoundAction | undefined> {
  const [current, before, ...older] = await deploymentHistory(ctx, endpointId, historyLength);
  const changed =
    current && before && current.versionId !== before.versionId && current.deployedAt > detectedAt
      ? current
      : undefined;
  const [back] = await ctx.db
    .select({ words: rolloutDecisions.words, by: rolloutDecisions.actorName, at: rolloutDecisions.at })
    .from(rolloutDecisions)
    .innerJoin(rollouts, eq(rollouts.id, rolloutDecisions.rolloutId))
    .where(
      and(
        eq(rollouts.workspaceId, ctx.actor.workspaceId),
        eq(rollouts.endpointId, endpointId),
        eq(rolloutDecisions.kind, "roll-back"),
        gt(rolloutDecisions.at, detectedAt),
      ),
    )
    .orderBy(desc(rolloutDecisions.id))
    .limit(1);
  const deployed = changed && {
    kind: older.some(({ versionId }) => versionId === changed.versionId) ? ("rollback" as const) : ("deploy" as const),
    by: changed.deployedBy,
    at: changed.deployedAt.getTime(),
  };
  const aborted = back && {
    kind: "rollback" as const,
    title: sentence(back.words),
    by: back.by,
    at: back.at.getTime(),
  };
  if (!deployed || !changed) return aborted;
  if (aborted && aborted.at > deployed.at) return aborted;
  const name = `${changed.modelName} version ${changed.version}`;
  const title = deployed.kind === "rollback" ? `Rolled back ${endpoint} to ${name}` : `Deployed ${name} to ${endpoint}`;
  return { ...deployed, title };
}

function sentence(words: string): string {
  return words.split(/ because |\.$/, 1)[0] ?? words;
}
