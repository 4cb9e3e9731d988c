import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { blocksOf } from "#server/release/endpoints/blocks/block-rows.ts";
import { readCascade } from "#server/serve/cascade/cascade-queries.ts";
import { deploymentHistory } from "#server/serve/endpoints/deployment-rows.ts";
import type { StoredSlo } from "#server/watch/objectives/stored-slos.ts";
import { readSeriesByVersion } from "#server/watch/slo/rollup/read-series.ts";
import { evaluateWay, type Way } from "./evaluate-way.ts";
import { waysOf } from "./ways-of.ts";

const historyLength = 50;

export interface WaysBack {
  /** Since when what serves now does. */
  currentSince: number | null;
  /** Last version that served an hour without a page and may serve again; without one, the last that may. */
  previous: Way | undefined;
  /** Why the others may not: "v6 is blocked here", the newest first. */
  excluded: string[];
  /** Another one than that: the next step of the cascade, or the version that served longest. */
  fallback: (Way & { isCascade: boolean }) | undefined;
}

/**
 * Reads the versions that an endpoint could roll back to, from its deployment history. Left out: what is blocked there, what was left since
 * the problem started, what fails at another endpoint, and what a page was about when it last served here.
 * @param startedAt start of the problem, in milliseconds since 1970
 */
export async function readWaysBack(
  ctx: Context,
  endpointId: string,
  slo: StoredSlo | undefined,
  startedAt: number,
): Promise<WaysBack> {
  const history = await deploymentHistory(ctx, endpointId, historyLength);
  const cascade = await readCascade(ctx, endpointId);
  const [current, ...others] = waysOf(history, Date.now());
  const blocked = new Set((await blocksOf(ctx, endpointId)).map(({ versionId }) => versionId));
  const failing = await failingElsewhere(ctx, endpointId);
  const pages = await pagedAt(ctx, endpointId);
  const candidates = others.map((way) => evaluateWay(way, { blocked, failing, pages, startedAt }));
  const able = candidates.flatMap(({ way, problem }) => (problem === null ? [way] : []));
  const chosen = able.find(({ quietMs }) => quietMs >= hourMs) ?? able[0];
  const previous = chosen && (await withRecord(ctx, chosen, slo));
  const step = cascade.next.find(({ model, version }) => model !== current?.model || version !== current?.version);
  const known = step && others.find(({ model, version }) => model === step.model && version === step.version);
  const longest = able.filter((way) => way !== chosen).toSorted((a, b) => b.servedMs - a.servedMs)[0];
  const mayStep = candidates.every(({ way, problem }) => way.deployment !== known?.deployment || problem === null);
  const fallback =
    step && mayStep
      ? { ...(known ?? neverServed(step)), isCascade: true }
      : longest && { ...(await withRecord(ctx, longest, slo)), isCascade: false };
  const served = history.findIndex(({ versionId }) => versionId !== history[0]?.versionId);
  const since = history[(served < 0 ? history.length : served) - 1]?.deployedAt.getTime() ?? null;
  const excluded = candidates.flatMap(({ way, problem }) => (problem === null ? [] : [`v${way.version} ${problem}`]));
  return { currentSince: since, previous, fallback, excluded };
}

function neverServed({ model, version }: { model: string; version: number }): Way {
  return {
    model,
    version,
    deployment: undefined,
    since: null,
    lastUsedAt: null,
    servedMs: 0,
    quietMs: 0,
    record: null,
  };
}

/** Finds the versions that serve at other endpoints with an incident that goes on, with the endpoint's name. */
async function failingElsewhere(ctx: Context, endpointId: string): Promise<Map<string, string>> {
  const { rows } = await ctx.db.execute<{ versionId: string; endpoint: string }>(sql`
    select serving.version_id as "versionId", endpoint.name as endpoint
    from (
      select distinct on (endpoint_id) endpoint_id, version_id from deployments
      where workspace_id = ${ctx.actor.workspaceId} order by endpoint_id, id desc
    ) as serving
    join endpoints as endpoint on endpoint.id = serving.endpoint_id and endpoint.archived_at is null
    where serving.endpoint_id <> ${endpointId} and exists (
      select from incidents
      where incidents.workspace_id = ${ctx.actor.workspaceId} and incidents.state in ('triage', 'active') and incidents.stage = 'act'
        and (incidents.endpoint_id = serving.endpoint_id or exists (
          select from alert_groups where alert_groups.incident_id = incidents.id and alert_groups.ended_at is null
            and alert_groups.summary->>'endpointId' = serving.endpoint_id::text
        ))
    )`);
  return new Map(rows.map(({ versionId, endpoint }) => [versionId, endpoint]));
}

/** Returns when the incidents of an endpoint began, and its alerts that are a part of another endpoint's incident. */
async function pagedAt(ctx: Context, endpointId: string): Promise<number[]> {
  const { rows } = await ctx.db.execute<{ at: number }>(sql`
    select (extract(epoch from started_at) * 1000)::float8 as at from incidents
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and state <> 'cancelled'
    union
    select (extract(epoch from one.created_at) * 1000)::float8 from alert_groups as one
    join incidents as incident on incident.id = one.incident_id and incident.endpoint_id is distinct from ${endpointId}::uuid
      and incident.state <> 'cancelled'
    where one.workspace_id = ${ctx.actor.workspaceId} and one.summary->>'endpointId' = ${endpointId} and one.paged_at is not null`);
  return rows.map(({ at }) => at);
}

async function withRecord(ctx: Context, way: Way, slo: StoredSlo | undefined): Promise<Way> {
  const versionId = way.deployment?.versionId;
  if (!slo?.seriesId || !versionId || way.lastUsedAt === null) return way;
  const to = Math.ceil(way.lastUsedAt / minuteMs) * minuteMs;
  const counts = (await readSeriesByVersion(ctx, slo.seriesId, { from: to - dayMs, to })).get(versionId);
  if (!counts) return way;
  const total = counts.total.reduce((sum, each) => sum + each, 0);
  const good = counts.good.reduce((sum, each) => sum + each, 0);
  return total > 0 ? { ...way, record: { bad: Math.round(total - good), total: Math.round(total) } } : way;
}
