import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { formatCount } from "#server/base/format-number.ts";
import { isLeased, pagingLease } from "#server/platform/heartbeats/lease.ts";
import { listRoles } from "#server/platform/heartbeats/list-roles.ts";
import { workerSilence, workingCount } from "#server/platform/heartbeats/worker-silence.ts";
import { platformLabels } from "../describe-rule.ts";
import type { Observation } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

/** What every rule of this kind observes: without a worker, nothing else is observed at all. */
const always = "no-worker";
type Condition = SpecOf<"platform">["on"][number] | typeof always;
type Reader = (
  ctx: Context,
  now: number,
) => Promise<{ value: number; isTrue: boolean; words: string; forMs?: number; since?: number }>;

/** Gateways say every few seconds that they are there. */
const heartbeatMs = 30_000;
/** Age after which a job counts as stuck: jobs start within seconds unless no worker takes them. */
const stuckMs = 600_000;
/** An item that fails once and recovers is no reason to notify anyone. */
const minAttempts = 3;

/** Observes the health of Leeway itself. Without a worker, another role evaluates (server/roles/paging). */
export async function observePlatform(ctx: Context, spec: SpecOf<"platform">, now: number): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const condition of new Set([always, ...spec.on] as const)) {
    const found = await readers[condition](ctx, now);
    const labels = { service: "leeway", condition };
    const subject = { part: condition, title: platformLabels[condition], labels, endpointId: null, limit: null };
    observations.push({ ...subject, ...found });
  }
  return observations;
}

const readers: Record<Condition, Reader> = {
  "no-worker": async (ctx) => {
    const roles = await listRoles(ctx.db);
    const value = workingCount(roles);
    // A worker that evaluates works, even if its heartbeat is late. Whoever stands in for the workers has waited long enough.
    const silence = (await isLeased(ctx.db, pagingLease)) ? workerSilence(roles, 0) : undefined;
    if (silence) return { value, isTrue: true, words: silence.words, forMs: 0, since: silence.since };
    return {
      value,
      isTrue: false,
      words: value === 1 ? "1 worker is running." : `${formatCount(value)} workers are running.`,
    };
  },
  "no-gateway": async (ctx, now) => {
    const value = await count(ctx, sql`gateway_heartbeats where seen_at > ${new Date(now - heartbeatMs)}`);
    return {
      value,
      isTrue: value === 0,
      words: `${value === 1 ? "1 gateway was" : `${formatCount(value)} gateways were`} active in the last 30 seconds.`,
    };
  },
  "queue-stuck": async (ctx, now) => {
    const isThere = await count(ctx, sql`(select 1 where to_regclass('pgboss.job') is not null) as found`);
    if (isThere === 0) return { value: 0, isTrue: false, words: "The job queue does not exist yet." };
    const due = new Date(now - stuckMs);
    const value = await count(ctx, sql`pgboss.job where state in ('created', 'retry') and start_after < ${due}`);
    return {
      value,
      isTrue: value > 0,
      words: `${value === 1 ? "1 job has" : `${formatCount(value)} jobs have`} been waiting for more than 10 minutes.`,
    };
  },
  "notifications-dead": async (ctx, now) => {
    const { workspaceId } = ctx.actor;
    const since = new Date(now - hourMs);
    const value = await count(
      ctx,
      sql`notifications where workspace_id = ${workspaceId} and state = 'dead' and died_at > ${since}`,
    );
    return {
      value,
      isTrue: value > 0,
      words: `${formatCount(value)} notification${value === 1 ? "" : "s"} failed permanently in the last hour.`,
    };
  },
  "items-set-aside": async (ctx) => {
    const { workspaceId } = ctx.actor;
    const isOurs = sql`(workspace_id = ${workspaceId} or workspace_id is null)`;
    const value = await count(ctx, sql`set_aside_items where ${isOurs} and attempts >= ${minAttempts}`);
    return {
      value,
      isTrue: value > 0,
      words: `${value === 1 ? "1 item was" : `${formatCount(value)} items were`} set aside after at least ${minAttempts} attempts.`,
    };
  },
};

async function count(ctx: Context, of: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await ctx.db.execute<{ count: number }>(sql`select count(*)::int as count from ${of}`);
  return rows[0]?.count ?? 0;
}
