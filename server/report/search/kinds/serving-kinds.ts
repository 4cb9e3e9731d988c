import { sql } from "drizzle-orm";
import { z } from "zod";
import { percent } from "#server/base/format-number.ts";
import type { SearchState } from "../contract.ts";
import { defineKind, factsOf, instant, type Kind } from "./kind.ts";

const endpoint = defineKind({
  kind: "endpoint",
  permission: "listEndpoints",
  source: ({ actor }) => sql`
    select endpoint.id::text, endpoint.name as label, concat_ws(' ', endpoint.description, model.name, team.name) as haystack,
      array[endpoint.id::text] as ids, coalesce(deployment.deployed_at, endpoint.created_at) as at,
      jsonb_build_object('model', model.name, 'version', version.version, 'team', team.name,
        'deployedBy', deployment.deployed_by, 'deployedAt', extract(epoch from deployment.deployed_at) * 1000) as data
    from endpoints endpoint
    left join lateral (select * from deployments one where one.workspace_id = ${actor.workspaceId} and one.endpoint_id = endpoint.id
      order by one.id desc limit 1) deployment on true
    left join model_versions version on version.id = deployment.version_id
    left join registered_models model on model.id = version.model_id
    left join team_endpoints owner on owner.workspace_id = endpoint.workspace_id and owner.endpoint_id = endpoint.id
    left join teams team on team.id = owner.team_id
    where endpoint.workspace_id = ${actor.workspaceId} and endpoint.archived_at is null`,
  data: z.object({
    model: z.string().nullable(),
    version: z.number().nullable(),
    team: z.string().nullable(),
    deployedBy: z.string().nullable(),
    deployedAt: instant,
  }),
  // Its state is added by add-states.ts, from the one place that decides it.
  show: ({ label, data: { model, version, team, deployedBy, deployedAt } }) => ({
    detail: ["endpoint", team].filter(Boolean).join(", "),
    href: `/endpoints/${encodeURIComponent(label)}`,
    ...(version !== null && { version }),
    facts: factsOf(
      { Serves: version === null ? "nothing" : `${model} v${version}`, "Deployed by": deployedBy, Team: team },
      { Deployed: deployedAt },
    ),
  }),
});

const slo = defineKind({
  kind: "slo",
  permission: "listSlos",
  source: ({ actor }) => sql`
    select slo.id::text, coalesce(nullif(slo.definition ->> 'displayName', ''), slo.name) as label,
      concat_ws(' ', slo.name, slo.definition ->> 'service', slo.definition ->> 'description') as haystack,
      array[slo.id::text] as ids, slo.updated_at as at,
      jsonb_build_object('name', slo.name, 'service', slo.definition ->> 'service', 'endpoint', endpoint.name) as data
    from slos slo
    left join endpoints endpoint on endpoint.id = slo.endpoint_id
    where slo.workspace_id = ${actor.workspaceId} and slo.archived_at is null`,
  data: z.object({ name: z.string(), service: z.string(), endpoint: z.string().nullable() }),
  // Its condition and budget are added by add-states.ts.
  show: ({ data: { name, service, endpoint: at } }) => ({
    detail: `SLO of ${service}`,
    href: `/slos/${encodeURIComponent(name)}`,
    facts: factsOf({ Endpoint: at }),
  }),
});

const rollout = defineKind({
  kind: "rollout",
  permission: "listRollouts",
  source: ({ actor }) => sql`
    select rollout.id::text, model.name || ' v' || version.version || ' on ' || endpoint.name as label, rollout.reason as haystack,
      array[rollout.id::text] as ids, rollout.created_at as at,
      jsonb_build_object('phase', rollout.phase, 'weight', (rollout.state ->> 'weight')::float8,
        'isPaused', coalesce((rollout.state ->> 'isPaused')::boolean, false), 'hold', rollout.state ->> 'hold',
        'version', version.version, 'stable', stable.version, 'by', rollout.started_by,
        'startedAt', extract(epoch from rollout.created_at) * 1000, 'endedAt', extract(epoch from rollout.ended_at) * 1000) as data
    from rollouts rollout
    join endpoints endpoint on endpoint.id = rollout.endpoint_id
    join model_versions version on version.id = rollout.canary_version_id
    join model_versions stable on stable.id = rollout.stable_version_id
    join registered_models model on model.id = version.model_id
    where rollout.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    phase: z.enum(["starting", "stepping", "watching", "promoted", "rolled-back"]),
    weight: z.number().nullable(),
    isPaused: z.boolean(),
    hold: z.string().nullable(),
    version: z.number(),
    stable: z.number(),
    by: z.string(),
    startedAt: instant,
    endedAt: instant,
  }),
  show: ({ id, data }) => ({
    detail: "rollout",
    href: `/rollouts/${id}`,
    state: rolloutState(data),
    version: data.version,
    facts: factsOf(
      { "In place of": `v${data.stable}`, "Started by": data.by },
      { Started: data.startedAt, Ended: data.endedAt },
    ),
  }),
});

function rolloutState({ phase, weight, isPaused, hold }: RolloutData): SearchState {
  const share = percent(weight ?? 0);
  if (phase === "starting") return { shape: "not-started", word: "Starting" };
  if (phase === "promoted") return { shape: "finished", word: "Promoted" };
  if (phase === "rolled-back") return { shape: "rolled-back", word: "Rolled back" };
  if (isPaused) return { shape: "paused", word: `Paused at ${share}` };
  if (phase === "watching") return { shape: "running", word: "Monitoring at 100%" };
  if (hold) return { shape: "watch", word: `On hold at ${share}` };
  return { shape: "running", word: `Canary at ${share}` };
}

interface RolloutData {
  phase: "starting" | "stepping" | "watching" | "promoted" | "rolled-back";
  weight: number | null;
  isPaused: boolean;
  hold: string | null;
}

/** What serves, what it has to meet, and what changes it. */
export const servingKinds: readonly Kind[] = [endpoint, slo, rollout];
