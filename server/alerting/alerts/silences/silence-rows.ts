import { and, eq, inArray, sql } from "drizzle-orm";
import { alertEvents, alertGroupMembers, alerts, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Silence } from "./contract.ts";
import { silenceState } from "./silence-rules.ts";

export type SilenceRow = typeof silences.$inferSelect;

/** Returns a silence and locks it for update. @throws DomainError "not-found" */
export async function lockSilence(ctx: Context, id: string): Promise<SilenceRow> {
  const [row] = await ctx.db
    .select()
    .from(silences)
    .where(and(eq(silences.id, id), eq(silences.workspaceId, ctx.actor.workspaceId)))
    .for("update");
  if (!row) throw new DomainError("not-found", "Silence not found.");
  return row;
}

/** Silences as they are shown, with how many alerts each mutes and ever muted. */
export async function silenceViews(ctx: Context, rows: readonly SilenceRow[], now: number): Promise<Silence[]> {
  const ids = rows.map(({ id }) => id);
  const [muting, muted] =
    ids.length === 0 ? [new Map(), new Map()] : [await countMuting(ctx, ids, now), await countMuted(ctx, rows)];
  return rows.map((row) => ({
    id: row.id,
    matchers: row.matchers,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    updatedAt: row.updatedAt,
    createdBy: row.createdBy,
    comment: row.comment,
    annotations: row.annotations,
    state: silenceState({ startsAt: row.startsAt.getTime(), endsAt: row.endsAt.getTime() }, now),
    recurrenceId: row.recurrenceId,
    muting: muting.get(row.id) ?? 0,
    muted: muted.get(row.id) ?? 0,
  }));
}

/** Counts the firing alerts that each of the silences mutes now. */
export async function countMuting(ctx: Context, ids: readonly string[], now: number): Promise<Map<string, number>> {
  const ref = sql<string>`${alertGroupMembers.muted}->>'ref'`;
  const rows = await ctx.db
    .select({ ref, count: sql<number>`count(distinct ${alerts.fingerprint})` })
    .from(alertGroupMembers)
    .innerJoin(
      alerts,
      and(eq(alerts.workspaceId, alertGroupMembers.workspaceId), eq(alerts.fingerprint, alertGroupMembers.fingerprint)),
    )
    .where(
      and(
        eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId),
        inArray(ref, [...ids]),
        sql`${alerts.endsAt} > ${new Date(now)}`,
      ),
    )
    .groupBy(ref);
  return new Map(rows.map(({ ref, count }) => [ref, count]));
}

async function countMuted(ctx: Context, rows: readonly SilenceRow[]): Promise<Map<string, number>> {
  const first = new Date(Math.min(...rows.map(({ startsAt }) => startsAt.getTime())) - minuteMs);
  const found = await ctx.db
    .select({ ref: alertEvents.ref, count: sql<number>`count(distinct ${alertEvents.fingerprint})` })
    .from(alertEvents)
    .where(
      and(
        eq(alertEvents.workspaceId, ctx.actor.workspaceId),
        eq(alertEvents.kind, "silenced"),
        sql`${alertEvents.at} >= ${first}`,
        inArray(
          alertEvents.ref,
          rows.map(({ id }) => id),
        ),
      ),
    )
    .groupBy(alertEvents.ref);
  return new Map(found.map(({ ref, count }) => [ref ?? "", count]));
}
