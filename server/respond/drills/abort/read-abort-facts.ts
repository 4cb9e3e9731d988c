import { and, eq, gt, isNotNull, notInArray, or, sql } from "drizzle-orm";
import { alerts, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type FaultKind, installationFaults } from "#server/serve/faults/contract.ts";
import { readSloBudget } from "#server/watch/slo/counting/read-slo-budget.ts";
import { findFreeze } from "#server/watch/slo/freezes/queries.ts";
import { uncountedStates } from "../../incidents/contract.ts";
import type { Baseline } from "../contract.ts";
import type { GameDayRow } from "../game-day-rows.ts";
import { isBurning } from "../preconditions/read-baseline.ts";
import { isRollingOut } from "../preconditions/read-precondition-facts.ts";
import { findOthers } from "../report/read-observed.ts";
import type { AbortFacts } from "./abort-conditions.ts";

const maxNamed = 20;
const noBaseline: Baseline = { onCall: null, budgets: [], steady: [], firingAlerts: [] };

/**
 * Reads what decides whether a game day is aborted. Error budgets are counted now, since they end it even when their worker stands still. The caller has
 * checked permissions. @param now milliseconds since 1970, on the database's clock @returns null for one that is not running
 */
export async function readAbortFacts(ctx: Context, day: GameDayRow, now: number): Promise<AbortFacts | null> {
  const { state, startedAt, ownerSeenAt, leasedUntil, endpointId } = day;
  if (state !== "running" || !startedAt || !leasedUntil) return null;
  const baseline = day.baseline ?? noBaseline;
  const others = await findOthers(
    ctx,
    baseline.steady.map(({ sloId }) => sloId),
  );
  const lost = others.filter(isBurning).map(({ name, definition, endpoint }) => {
    return { name: definition.displayName || name, endpoint: endpoint ?? "" };
  });
  return {
    now,
    budgets: await readBudgets(ctx, baseline, now),
    steady: baseline.steady.length,
    lost,
    otherPages: await readOtherPages(ctx, day, baseline, now),
    incidents: await readIncidents(ctx, day, startedAt),
    isFrozen: (await findFreeze(ctx, endpointId)) !== undefined,
    isRollingOut: await isRollingOut(ctx, endpointId),
    ownerSeenAt: (ownerSeenAt ?? startedAt).getTime(),
    leasedUntil: leasedUntil.getTime(),
  };
}

async function readBudgets(ctx: Context, { budgets }: Baseline, now: number): Promise<AbortFacts["budgets"]> {
  const slos = await findOthers(
    ctx,
    budgets.map(({ sloId }) => sloId),
  );
  const read: { name: string; before: number | null; now: number | null }[] = [];
  for (const { sloId, name, remaining } of budgets) {
    const slo = slos.find(({ id }) => id === sloId);
    // An SLO that was archived meanwhile says nothing.
    if (slo) read.push({ name, before: remaining, now: (await readSloBudget(ctx, slo, now)).remaining });
  }
  return read;
}

/** Faults of Leeway itself, about which it pages without an endpoint. */
const faultsOfLeeway: readonly FaultKind[] = [...installationFaults, "channel-dead"];

/** Reads the titles of pages that fire since the start and are not of what the fault affects. */
async function readOtherPages(
  ctx: Context,
  { endpointId, fault }: GameDayRow,
  { firingAlerts }: Baseline,
  now: number,
): Promise<string[]> {
  const rows = await ctx.db
    .select({
      title: sql<string>`coalesce(nullif(${alerts.annotations}->>'summary', ''), ${alerts.labels}->>'alertname', '')`,
    })
    .from(alerts)
    .where(
      and(
        eq(alerts.workspaceId, ctx.actor.workspaceId),
        eq(alerts.severity, "page"),
        eq(alerts.isSettled, false),
        gt(alerts.endsAt, new Date(now)),
        sql`${alerts.endpointId} is distinct from ${endpointId}`,
        faultsOfLeeway.includes(fault.kind) ? isNotNull(alerts.endpointId) : undefined,
        firingAlerts.length > 0 ? notInArray(alerts.fingerprint, firingAlerts) : undefined,
      ),
    )
    .orderBy(alerts.startsAt, alerts.fingerprint)
    .limit(maxNamed);
  return rows.map(({ title }) => title);
}

/** Reads the incidents since the start that a person declared, or that are of something else: the alerts of the game day open its own. */
async function readIncidents(ctx: Context, { endpointId, fault }: GameDayRow, startedAt: Date): Promise<number[]> {
  const isOfAnother = and(
    sql`${incidents.endpointId} is distinct from ${endpointId}`,
    faultsOfLeeway.includes(fault.kind) ? isNotNull(incidents.endpointId) : undefined,
  );
  const rows = await ctx.db
    .select({ number: incidents.number })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        gt(incidents.createdAt, startedAt),
        notInArray(incidents.state, [...uncountedStates]),
        or(eq(incidents.isFoundByMachine, false), isOfAnother),
      ),
    )
    .orderBy(incidents.number)
    .limit(maxNamed);
  return rows.map(({ number }) => number);
}
