import { and, asc, desc, eq, gte, inArray, lte } from "drizzle-orm";
import { alertEvents, alertGroupMembers, alerts, notifications, ruleStates } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AlertTrace, StoredAlertEvent, TraceAlert, type TraceStep } from "../../alerting/alerts/contract.ts";
import { conclude, stepsOf } from "./event-steps.ts";
import { ruleSteps } from "./rule-steps.ts";

const maxEvents = 2_000;
const stageOfMute = { silence: "silence", inhibition: "inhibit", time: "time" } as const;

/**
 * Explains why an alert was notified or not: each stage of its newest episode, as recorded then, and the name of the rule that decided.
 * @returns the same for any moment of the past @throws DomainError "not-found" for an alert that was never received
 */
export async function traceAlert(ctx: Context, input: TraceAlert): Promise<AlertTrace> {
  permit(ctx, "traceAlert");
  const { fingerprint, at } = TraceAlert.parse(input);
  const { workspaceId } = ctx.actor;
  const ofAlert = and(eq(alerts.workspaceId, workspaceId), eq(alerts.fingerprint, fingerprint));
  const [alert] = await ctx.db.select().from(alerts).where(ofAlert);
  if (!alert) throw new DomainError("not-found", "No alert with this fingerprint has ever been received here.");
  const moment = at ?? new Date();
  const own = await eventsUntil(ctx, at, eq(alertEvents.fingerprint, fingerprint));
  const start = own.findLastIndex(({ kind }) => kind === "firing");
  const episode = start < 0 ? own : own.slice(start);
  const groupIds = [...new Set(episode.flatMap(({ groupId }) => groupId ?? []))];
  const since = episode[0]?.at;
  const ofGroups =
    since && groupIds.length > 0
      ? await eventsUntil(ctx, at, and(inArray(alertEvents.groupId, groupIds), gte(alertEvents.at, since)))
      : [];
  // Only the groups' own events: those of their other alerts are unrelated.
  const all = [...episode, ...ofGroups.filter((event) => event.fingerprint === null)].sort(
    (left, right) => left.id - right.id,
  );
  const mutes = at ? mutesOf(episode) : await mutesNow(ctx, fingerprint);
  const rule = at ? [] : await ruleStepsOf(ctx, alert);
  const deliveries = at ? [] : await deliverySteps(ctx, groupIds);
  const [gates, rules] = [rule.filter(({ stage }) => stage === "gate"), rule.filter(({ stage }) => stage !== "gate")];
  const way = stepsOf(all, mutes);
  const isBefore = ({ stage }: TraceStep) => stage !== "dedup" && stage !== "send" && stage !== "deliver";
  const steps = [...rules, ...way.filter(isBefore), ...gates, ...way.filter((step) => !isBefore(step)), ...deliveries];
  return { fingerprint, labels: alert.labels, at: moment, steps, ...conclude(steps) };
}

/** Returns the newest events, oldest first. */
async function eventsUntil(
  ctx: Context,
  to: Date | undefined,
  where: Parameters<typeof and>[0],
): Promise<StoredAlertEvent[]> {
  const rows = await ctx.db
    .select()
    .from(alertEvents)
    .where(and(eq(alertEvents.workspaceId, ctx.actor.workspaceId), to && lte(alertEvents.at, to), where))
    .orderBy(desc(alertEvents.id))
    .limit(maxEvents);
  return rowsOf(StoredAlertEvent, { rows: rows.reverse() });
}

/** Returns what muted the alert last, derived from the history alone. */
function mutesOf(events: readonly StoredAlertEvent[]): Set<TraceStep["stage"]> {
  const kinds = { silenced: "silence", inhibited: "inhibit", time_muted: "time" } as const;
  const last = events.findLast(({ kind }) => kind in kinds);
  return new Set(last ? [kinds[last.kind as keyof typeof kinds]] : []);
}

async function mutesNow(ctx: Context, fingerprint: string): Promise<Set<TraceStep["stage"]>> {
  const rows = await ctx.db
    .select({ muted: alertGroupMembers.muted })
    .from(alertGroupMembers)
    .where(
      and(eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId), eq(alertGroupMembers.fingerprint, fingerprint)),
    );
  return new Set(rows.flatMap(({ muted }) => (muted ? stageOfMute[muted.by] : [])));
}

async function ruleStepsOf(ctx: Context, { ruleKey, severity }: typeof alerts.$inferSelect): Promise<TraceStep[]> {
  const rows = await ctx.db
    .select()
    .from(ruleStates)
    .where(and(eq(ruleStates.workspaceId, ctx.actor.workspaceId), eq(ruleStates.ruleKey, ruleKey)))
    .orderBy(asc(ruleStates.part));
  const [kind, id] = ruleKey.split(":");
  // Pages and tickets of an SLO are separate alerts.
  const own = kind === "slo" ? rows.filter(({ part }) => part === severity || part === "absent") : rows;
  return ruleSteps(own, kind === "rule" ? `/alerts/rules/${id}` : null);
}

async function deliverySteps(ctx: Context, groupIds: readonly string[]): Promise<TraceStep[]> {
  if (groupIds.length === 0) return [];
  const rows = await ctx.db
    .select()
    .from(notifications)
    .where(
      and(
        eq(notifications.workspaceId, ctx.actor.workspaceId),
        eq(notifications.kind, "group"),
        inArray(notifications.groupId, [...groupIds]),
      ),
    )
    .orderBy(desc(notifications.sequence))
    .limit(50);
  return rows.reverse().map(({ state, attempts, deliveredAt, createdAt, note }) => ({
    stage: "deliver" as const,
    result: [`${state}, ${attempts} ${attempts === 1 ? "try" : "tries"}`, note]
      .filter((word) => word !== "")
      .join(": "),
    href: null,
    at: deliveredAt ?? createdAt,
  }));
}
