import { sql } from "drizzle-orm";
import { internalPrefix } from "#server/alerting/alerts/contract.ts";
import { pageWeight } from "#server/alerting/alerts/groups/summarise.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ServingState } from "#server/serve/endpoints/contract.ts";
import type { EndpointState } from "./contract.ts";
import { decideEndpointState, type FiringAlert } from "./decide-state.ts";
import { openIncidents } from "./open-incidents.ts";

interface Described {
  id: string;
  name: string;
  serving: ServingState;
}

interface Facts extends Record<string, unknown> {
  id: string;
  hasTraffic: boolean;
  hasSlo: boolean;
  openIncident: number | null;
}

interface AlertRow extends Record<string, unknown> {
  endpointId: string;
  isPage: boolean;
  title: string;
  isMuted: boolean;
  burn: string | null;
  by: string | null;
  until: string | null;
  words: string | null;
}

/**
 * Adds to endpoints, as the lists of their floor return them, the state that every page, search and the API show. Takes a constant number of
 * statements for any number of endpoints. The caller has read the endpoints, so that it may use them.
 */
export async function withStates<E extends Described>(
  ctx: Context,
  endpoints: readonly E[],
): Promise<(E & { state: EndpointState })[]> {
  permit(ctx, "listEndpoints");
  if (endpoints.length === 0) return [];
  const ids = endpoints.map(({ id }) => id);
  const [facts, alerts] = await sideBySide(ctx, [() => readFacts(ctx, ids), () => readAlerts(ctx, ids)]);
  return endpoints.map((endpoint) => {
    const { id, name, serving } = endpoint;
    const { hasTraffic = false, hasSlo = false, openIncident = null } = facts.get(id) ?? {};
    const firing = alerts.get(id) ?? [];
    const state = decideEndpointState({ name, serving, alerts: firing, openIncident, hasTraffic, hasSlo });
    return { ...endpoint, state };
  });
}

async function readFacts(ctx: Context, ids: readonly string[]): Promise<Map<string, Facts>> {
  const { rows } = await ctx.db.execute<Facts>(sql`
    select endpoint.id,
      exists (select from serving_windows where endpoint_id = endpoint.id and window_start >= now() - interval '1 hour'
        and arm <> 'shadow' and requests + cache_hits + coalesced > 0) as "hasTraffic",
      exists (select from slos where endpoint_id = endpoint.id and archived_at is null and paused_at is null) as "hasSlo",
      open.number as "openIncident"
    from endpoints endpoint
    left join (${openIncidents(ctx)}) as open on open.endpoint_id = endpoint.id
    where endpoint.workspace_id = ${ctx.actor.workspaceId} and endpoint.id = any(${sql.param([...ids])}::uuid[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Reads the firing alerts of endpoints, pages first. An alert is muted if it is so in every group. */
async function readAlerts(ctx: Context, ids: readonly string[]): Promise<Map<string, FiringAlert[]>> {
  const { rows } = await ctx.db.execute<AlertRow>(sql`
    select alert.endpoint_id as "endpointId", alert.severity = 'page' as "isPage",
      coalesce(nullif(alert.annotations->>'summary', ''), nullif(alert.annotations->>'description', ''), alert.labels->>'alertname', '') as title,
      count(member.group_id) > 0 and bool_and(member.muted is not null) as "isMuted",
      alert.annotations->>${`${internalPrefix}burn`} as burn,
      (array_agg(silence.created_by order by silence.ends_at desc) filter (where silence.id is not null))[1] as by,
      max(silence.ends_at) as until, min(member.muted->>'words') as words
    from alerts alert
    left join alert_group_members member on member.workspace_id = alert.workspace_id and member.fingerprint = alert.fingerprint
    left join silences silence on silence.workspace_id = alert.workspace_id and member.muted->>'by' = 'silence'
      and silence.id::text = member.muted->>'ref'
    where alert.workspace_id = ${ctx.actor.workspaceId} and not alert.is_settled and alert.ends_at > now()
      and alert.endpoint_id = any(${sql.param([...ids])}::uuid[])
    group by alert.workspace_id, alert.fingerprint
    order by alert.starts_at, alert.fingerprint`);
  const byEndpoint = Map.groupBy(rows.toSorted(worstFirst), ({ endpointId }) => endpointId);
  return new Map([...byEndpoint].map(([id, alerts]) => [id, alerts.map(firingAlert)]));
}

function worstFirst(left: AlertRow, right: AlertRow): number {
  const weight = ({ isPage, burn }: AlertRow) => (isPage ? pageWeight : 0) + (Number(burn) || 0);
  return weight(right) - weight(left);
}

function firingAlert({ isPage, title, isMuted, by, until, words }: AlertRow): FiringAlert {
  return { isPage, title, muted: isMuted ? mutedText({ by, until, words }) : null };
}

function mutedText({ by, until, words }: Pick<AlertRow, "by" | "until" | "words">): string {
  if (by === null || until === null) return words ?? "Muted";
  return `Until ${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC, by ${by}`;
}
