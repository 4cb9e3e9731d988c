import { and, eq, sql } from "drizzle-orm";
import { reports } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { GetReport } from "./contract.ts";
import { ReportFacts } from "./facts/contract.ts";
import { reportFacts } from "./facts/report-facts.ts";
import { type NamedPeriod, periodNamed, periodOf, spanOf } from "./periods.ts";

/** Maximum age of a report before it is computed again: during its period, and after it. */
const freshMs = 2 * minuteMs;
const settledMs = hourMs;
/** Labels that come later change no report any more; until then each look may. */
const finalAfterMs = 35 * dayMs;

/**
 * Returns the report of a week, a month or a quarter: computed at most every two minutes during it, and stored permanently a while after
 * it. Page, print, email and response read the same row. A token limited to endpoints gets theirs, computed for it alone.
 * @throws DomainError "invalid" for an invalid name, "not-found" for a period that has not started
 */
export async function getReport(ctx: Context, input: GetReport = {}): Promise<ReportFacts> {
  permit(ctx, "getReport");
  const { period, name } = GetReport.parse(input);
  const now = Date.now();
  const timeZone = await workspaceTimeZone(ctx);
  const named = name === undefined ? periodOf(period, now, timeZone) : periodNamed(name);
  if (spanOf(named, timeZone).from > now) {
    throw new DomainError("not-found", `${name} has not started yet. The latest report is the one in progress.`);
  }
  const reader = systemContext(ctx.db, ctx.actor.workspaceId, "report");
  if (ctx.actor.endpoints) {
    return reportFacts({ ...reader, actor: { ...reader.actor, endpoints: ctx.actor.endpoints } }, named, now);
  }
  return (await storedReport(ctx, named, timeZone, now)) ?? refreshReport(reader, named, now);
}

/** Computes a report and stores it. @param ctx of Leeway itself */
export async function refreshReport(ctx: Context, named: NamedPeriod, now = Date.now()): Promise<ReportFacts> {
  const facts = await reportFacts(ctx, named, now);
  const { workspaceId } = ctx.actor;
  const row = { facts, computedAt: new Date(now), isFinal: now > facts.to + finalAfterMs };
  await ctx.db
    .insert(reports)
    .values({ workspaceId, ...named, ...row })
    .onConflictDoUpdate({
      target: [reports.workspaceId, reports.period, reports.start],
      set: row,
      // The later one of two concurrent computations is stored.
      setWhere: sql`${reports.computedAt} < excluded.computed_at`,
    });
  return facts;
}

/**
 * Returns the stored report if it is fresh enough, has the format of this release, and its weeks start as they do now. A permanently
 * stored report keeps the time zone in which it was computed, and names it.
 */
async function storedReport(
  ctx: Context,
  { period, start }: NamedPeriod,
  timeZone: string,
  now: number,
): Promise<ReportFacts | undefined> {
  const [row] = await ctx.db
    .select()
    .from(reports)
    .where(and(eq(reports.workspaceId, ctx.actor.workspaceId), eq(reports.period, period), eq(reports.start, start)));
  if (!row) return undefined;
  const hasEnded = row.computedAt.getTime() >= spanOf({ period, start }, timeZone).to;
  const isFresh = row.isFinal || row.computedAt.getTime() > now - (hasEnded ? settledMs : freshMs);
  const facts = isFresh ? ReportFacts.safeParse(row.facts).data : undefined;
  return row.isFinal || facts?.timeZone === timeZone ? facts : undefined;
}
