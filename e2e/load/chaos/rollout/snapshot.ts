import type pg from "pg";
import type { RolloutState } from "#server/serve/rollout/contract.ts";
import type { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";

export interface StoredDecision {
  id: number;
  kind: string;
  code: string;
  words: string;
  step: number;
  weight: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** State of one rollout in Postgres at one time. */
export interface Snapshot {
  id: string;
  endpoint: string;
  plan: RolloutPlan;
  phase: RolloutState["phase"];
  state: RolloutState;
  revision: number;
  canary: string;
  /** Versions deployed to the endpoint since the start of the rollout, oldest first. */
  deployed: string[];
  decisions: StoredDecision[];
  /** Lines of the audit log about it. */
  audited: number;
  /** Units, bad ones and misses by source, metric, bin, step and arm. */
  counts: Record<string, [units: number, events: number, misses: number]>;
}

/** Reads snapshots of all rollouts, each consistent: one statement sees one snapshot of the database. */
export async function readSnapshots(client: pg.Client): Promise<Snapshot[]> {
  const { rows } = await client.query<Snapshot>(`
    select r.id, e.name as endpoint, r.plan, r.phase, r.state, r.revision, r.canary_version_id as canary,
      (select coalesce(json_agg(d.version_id order by d.id), '[]') from deployments d
        where d.endpoint_id = r.endpoint_id and d.id > r.stable_deployment_id
          and d.id < coalesce((select min(n.stable_deployment_id) + 1 from rollouts n
            where n.endpoint_id = r.endpoint_id and n.created_at > r.created_at), 9e15)) as deployed,
      (select coalesce(json_agg(json_build_object('id', d.id, 'kind', d.kind, 'code', d.code, 'words', d.words, 'step', d.step,
          'weight', d.weight, 'at', extract(epoch from d.at) * 1000) order by d.id), '[]')
        from rollout_decisions d where d.rollout_id = r.id) as decisions,
      (select count(*)::int from audit_events a where a.subject = 'rollout/' || r.id) as audited,
      (select coalesce(json_object_agg(concat_ws(' ', c.source, c.metric, c.bin, c.step, c.arm),
          json_build_array(c.units, c.events, c.misses)), '{}')
        from rollout_counts c where c.rollout_id = r.id) as counts
    from rollouts r join endpoints e on e.id = r.endpoint_id order by r.created_at`);
  return rows;
}
