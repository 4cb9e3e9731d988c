import { sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { blocksOf } from "#server/release/endpoints/blocks/block-rows.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { acknowledgeGroups } from "#server/respond/acknowledgement/acknowledge-groups.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { recordActionForGroup } from "#server/respond/incidents/stages/record-action.ts";
import { deploymentHistory } from "#server/serve/endpoints/deployment-rows.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { type Engine, type EngineRules, publicOnly } from "#server/serve/engines/contract.ts";
import { RollBackEndpoint, type RolledBack } from "./contract.ts";

const historyLength = 50;

/**
 * Rolls an endpoint back to a version that served before, by ending its rollout or with its former deployment, and records this in
 * the incident: all of it, or nothing. The version that it leaves is blocked there; blocked ones are skipped.
 * @param rules which engines may be chosen
 * @throws DomainError "not-found"; "conflict" when the rollout has changed or has ended, or the version never served there and may not
 */
export async function rollBackEndpoint(
  ctx: Context,
  input: RollBackEndpoint,
  rules: EngineRules = publicOnly,
): Promise<RolledBack> {
  permit(ctx, "rollBackEndpoint");
  const values = RollBackEndpoint.parse(input);
  const done = await transact(ctx, async (ctx) => {
    const endpoint = await findLiveEndpoint(ctx, values.endpointId);
    const back = values.rollout
      ? await endRollout(ctx, values.rollout, values)
      : await deployAgain(ctx, values, endpoint.name, rules);
    if (values.groupId) {
      const title = `Rolled back ${endpoint.name} to ${back.model} version ${back.version}`;
      await recordActionForGroup(ctx, values.groupId, { kind: "rollback", title, endpointId: values.endpointId });
      await noteForGroup(ctx, values.groupId, {
        kind: "rollback",
        title,
        body: values.reason,
        links: [{ rel: "deploy", href: `/endpoints/${encodeURIComponent(endpoint.name)}`, text: endpoint.name }],
      });
    }
    return back;
  });
  if (values.groupId) await acknowledgeIncidentOf(ctx, values.groupId);
  return done;
}

/**
 * Acknowledges what nobody has acknowledged yet of the incident of a group: who acts on it need not be paged about it any more. The rollback
 * stands, whatever becomes of this: a group may end meanwhile, and a token may be for endpoints only.
 */
async function acknowledgeIncidentOf(ctx: Context, groupId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<{ id: string }>(sql`
    select one.id from alert_groups as one join alert_groups as own on own.id = ${groupId}::uuid and own.workspace_id = ${workspaceId}
    where one.workspace_id = ${workspaceId} and (one.id = own.id or one.incident_id = own.incident_id)
      and one.ended_at is null and one.acknowledgement is null order by one.id`);
  if (rows.length === 0) return;
  try {
    await acknowledgeGroups(ctx, { groupIds: rows.map(({ id }) => id) });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
}

type Input = ReturnType<typeof RollBackEndpoint.parse>;

async function endRollout(
  ctx: Context,
  { id, revision }: NonNullable<Input["rollout"]>,
  { reason, endpointId }: Input,
): Promise<RolledBack> {
  const { stable, endpointId: of } = await abortRollout(ctx, { rolloutId: id, revision, reason });
  if (of !== endpointId)
    throw new DomainError("invalid", "This rollout belongs to a different endpoint.", { field: "rollout" });
  return { model: stable.model, version: stable.version };
}

async function deployAgain(
  ctx: Context,
  { endpointId, to, reason }: Input,
  endpoint: string,
  rules: EngineRules,
): Promise<RolledBack> {
  const history = await deploymentHistory(ctx, endpointId, historyLength);
  const [current] = history;
  const blocked = new Set((await blocksOf(ctx, endpointId)).map(({ versionId }) => versionId));
  const before = to
    ? history.find(({ modelName, version }) => modelName === to.model && version === to.version)
    : history.find(({ versionId }) => versionId !== current?.versionId && !blocked.has(versionId));
  const chosen = to ?? (before && { model: before.modelName, version: before.version });
  if (!chosen)
    throw new DomainError(
      "conflict",
      `No earlier version of "${endpoint}" to roll back to. Deploy the version you want.`,
    );
  await deployVersion(
    ctx,
    {
      endpointId,
      model: chosen.model,
      version: chosen.version,
      reason,
      purpose: "rollback" as const,
      // Uses its former providers; a version that never ran here uses the current ones.
      providers: (before ?? current)?.providers ?? [],
      ...(before?.engine && { engine: asBefore(before.engine) }),
    },
    rules,
  );
  return chosen;
}

/** Returns the input for the same engine; its secret is stored with the endpoint. */
function asBefore({ headerName, modelVersion, ...engine }: Engine) {
  return {
    ...engine,
    ...(modelVersion !== null && { modelVersion }),
    ...(headerName !== null && { header: { name: headerName } }),
  };
}
