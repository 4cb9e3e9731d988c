import { and, eq, inArray, sql } from "drizzle-orm";
import { alerts, endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AlertEvent, internalPrefix, type PostedAlert } from "./contract.ts";
import { groupsWith, lockGroups } from "./groups/group-rows.ts";
import { loadMuting } from "./groups/muting.ts";
import { type AfterChange, refreshGroups } from "./groups/refresh-groups.ts";
import { recordAlertEvents } from "./history/record-alert-events.ts";
import { mergeAlerts } from "./intake/merge-alerts.ts";
import { placeAlerts } from "./intake/place-alerts.ts";
import { type AlertChange, changeOf, takeAlerts } from "./intake/take-alerts.ts";
import type { Episode } from "./intake/validate-alert.ts";
import { type AcceptedAlert, writeAlerts } from "./intake/write-alerts.ts";
import { lockAlerts } from "./lock-alerts.ts";
import { externalRuleKey } from "./own-alerts.ts";
import { severityOf } from "./routing/default-routing.ts";
import { loadRouting } from "./routing/load-routing.ts";

const maxAlerts = 20_000;

export interface ReceiveOptions {
  /**
   * "leeway" for Leeway's own rules, whose internal annotations are trusted, and whose alerts fire until their explicit end; otherwise the
   * channel of receipt, such as "api" or "alertmanager".
   */
  source: string;
  /** Rule that all of them are of; without it, the alert's SLO or its name decides. */
  ruleKey?: string | undefined;
  /** Milliseconds since 1970; the clock of the database when left out, by which alerts expire. */
  now?: number | undefined;
  afterChange: AfterChange;
}

/**
 * Receives alerts by Alertmanager's rules (docs/spec/alerting.md section 2): valid ones are stored even if others are invalid. Alerts
 * that start firing are added to the groups of their routes; a worker notifies about the groups when they are due. Repeating an unchanged
 * alert costs one row.
 * @returns how many were valid, and the problem with each other one
 * @throws DomainError "too-large" for more than 20,000 in one request
 */
export async function receiveAlerts(
  ctx: Context,
  posted: readonly PostedAlert[],
  { source, ruleKey, now: receivedAt, afterChange }: ReceiveOptions,
): Promise<{ accepted: number; problems: string[] }> {
  permit(ctx, "receiveAlerts");
  if (posted.length > maxAlerts) {
    throw new DomainError("too-large", `At most ${maxAlerts} alerts per request; got ${posted.length}.`);
  }
  return transact(ctx, async (ctx) => {
    await lockAlerts(ctx);
    const now = receivedAt ?? (await databaseNow(ctx.db));
    const stored = await loadRouting(ctx);
    const resolveTimeoutMs = source === "leeway" ? null : stored.routing.resolveTimeoutSeconds * 1000;
    const { episodes, accepted, problems } = takeAlerts(posted, { received: now, resolveTimeoutMs });
    if (episodes.size === 0) return { accepted, problems };
    const known = await knownAlerts(ctx, [...episodes.keys()]);
    const ofEndpoints = await endpointsOf(ctx, [...episodes.values()]);
    const acceptedAlerts = [...episodes.values()].map((episode) => {
      const old = known.get(episode.fingerprint);
      const merged = old ? mergeAlerts(old, episode, now) : episode;
      const next = source === "leeway" ? merged : { ...merged, annotations: outsideOnly(merged.annotations) };
      const change = changeOf(old, next, now);
      return { change, alert: complete(next, { change, old, ruleKey, ofEndpoints, now }) };
    });
    await writeAlerts(
      ctx,
      acceptedAlerts.map(({ alert }) => alert),
    );
    const firing = acceptedAlerts.filter(({ change }) => change === "firing").map(({ alert }) => alert);
    const placed = await placeAlerts(ctx, firing, stored, now);
    const events = acceptedAlerts.flatMap(({ change, alert }) => eventOf(change, alert, source));
    await recordAlertEvents(ctx, [...events, ...placed.events], new Date(now));
    const changed = acceptedAlerts.filter(({ change }) => change !== "firing" && change !== "none");
    const others = await groupsWith(
      ctx,
      changed.map(({ alert }) => alert.fingerprint),
    );
    const groups = await lockGroups(ctx, [...new Set([...placed.groupIds, ...others])]);
    await refreshGroups(ctx, groups, await loadMuting(ctx, now), afterChange);
    return { accepted, problems };
  });
}

type KnownAlert = Episode & { isEnded: boolean; isSettled: boolean };

async function knownAlerts(ctx: Context, fingerprints: readonly string[]): Promise<Map<string, KnownAlert>> {
  const rows = await ctx.db
    .select()
    .from(alerts)
    .where(
      and(
        eq(alerts.workspaceId, ctx.actor.workspaceId),
        sql`${alerts.fingerprint} = any(${sql.param([...fingerprints])}::text[])`,
      ),
    );
  return new Map(
    rows.map((row) => [
      row.fingerprint,
      {
        ...row,
        startsAt: row.startsAt.getTime(),
        endsAt: row.endsAt.getTime(),
        updatedAt: row.updatedAt.getTime(),
      },
    ]),
  );
}

/** Endpoints are named in labels; the id of each by its name. */
async function endpointsOf(ctx: Context, episodes: readonly Episode[]): Promise<Map<string, string>> {
  const names = [...new Set(episodes.flatMap(({ labels }) => labels.endpoint ?? []))];
  if (names.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), inArray(endpoints.name, names)));
  return new Map(rows.map(({ id, name }) => [name, id]));
}

function complete(
  episode: Episode,
  of: {
    change: AlertChange;
    old: KnownAlert | undefined;
    ruleKey: string | undefined;
    ofEndpoints: Map<string, string>;
    now: number;
  },
): AcceptedAlert {
  const { labels, annotations } = episode;
  const sloId = annotations[`${internalPrefix}slo-id`];
  const isEnded = episode.endsAt <= of.now;
  return {
    fingerprint: episode.fingerprint,
    labels,
    annotations,
    startsAt: episode.startsAt,
    endsAt: episode.endsAt,
    updatedAt: episode.updatedAt,
    isTimeout: episode.isTimeout,
    generatorUrl: episode.generatorUrl,
    ruleKey: of.ruleKey ?? (sloId ? `slo:${sloId}` : externalRuleKey(labels.alertname ?? "")),
    severity: severityOf(labels.severity),
    endpointId: of.ofEndpoints.get(labels.endpoint ?? "") ?? null,
    isEnded,
    // An alert that was never seen firing is in no group, so its resolution is not notified.
    isSettled: isEnded && (of.old?.isSettled ?? true),
  };
}

/** Removes internal annotations: external senders must not speak for Leeway. */
function outsideOnly(annotations: Episode["annotations"]): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith(internalPrefix)));
}

function eventOf(
  change: AlertChange,
  { fingerprint, ruleKey, startsAt, endsAt, severity }: AcceptedAlert,
  source: string,
): AlertEvent[] {
  // Updates from Leeway's own rules change numbers every minute and would fill most of the history.
  if (change === "none" || change === "retold") return [];
  const at = { startsAt: new Date(startsAt), endsAt: new Date(endsAt) };
  return [{ kind: change, fingerprint, ruleKey, data: { source, severity, ...at } }];
}
