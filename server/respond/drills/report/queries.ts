import { and, desc, eq, inArray, isNotNull, lt } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { EarlierGameDay, GameDayReport } from "../contract.ts";
import { describeFault } from "../describe-fault.ts";
import { findDay } from "../find-day.ts";
import { readReport } from "./read-report.ts";

const maxEarlier = 20;

/**
 * Returns what a game day has shown: the stored report, or what is known so far while it runs and for half an hour after.
 * @throws DomainError "not-found"; "conflict" for one that has not started
 */
export async function getGameDayReport(ctx: Context, number: number, now = Date.now()): Promise<GameDayReport> {
  permit(ctx, "getGameDayReport");
  const day = await findDay(ctx, number);
  if (!day.startedAt) throw new DomainError("conflict", `GD-${number} has not started, so there is no report.`);
  return day.report ?? readReport(ctx, day, now);
}

/** Lists the game days of the same endpoint that ended before, newest first, with what their reports measured. @throws DomainError "not-found" */
export async function listEarlierGameDays(ctx: Context, number: number): Promise<EarlierGameDay[]> {
  permit(ctx, "listEarlierGameDays");
  const { endpointId, startedAt } = await findDay(ctx, number);
  const rows = await ctx.db
    .select()
    .from(gameDays)
    .where(
      and(
        eq(gameDays.workspaceId, ctx.actor.workspaceId),
        eq(gameDays.endpointId, endpointId),
        inArray(gameDays.state, ["ended", "aborted"]),
        isNotNull(gameDays.startedAt),
        startedAt ? lt(gameDays.startedAt, startedAt) : undefined,
      ),
    )
    .orderBy(desc(gameDays.startedAt), desc(gameDays.number))
    .limit(maxEarlier);
  return rows.flatMap(({ startedAt, report, expectations, ...row }) => {
    if (!startedAt) return [];
    const [expected] = expectations.flatMap((each) => (each.what === "notified" ? [each.withinSeconds] : []));
    return [
      {
        number: row.number,
        startedAt,
        faultWords: describeFault(row),
        notifiedSeconds: secondsOf(report, "notified"),
        notifiedWithinSeconds: expected ?? null,
        acknowledgedSeconds: acknowledgedAfter(report),
        budgetUsed: budgetUsed(report),
      },
    ];
  });
}

function secondsOf(report: GameDayReport | null, what: GameDayReport["timeline"][number]["what"]): number | null {
  return report?.timeline.find((moment) => moment.what === what)?.seconds ?? null;
}

/** Returns the seconds from the notification to its acknowledgement. */
function acknowledgedAfter(report: GameDayReport | null): number | null {
  const [notified, acknowledged] = [secondsOf(report, "notified"), secondsOf(report, "acknowledged")];
  return notified === null || acknowledged === null ? null : Math.max(0, acknowledged - notified);
}

/** Returns the largest share of an error budget that was used, never negative: a rolling period may lose bad events meanwhile. */
function budgetUsed(report: GameDayReport | null): number | null {
  const used = (report?.budgets ?? []).flatMap(({ before, after }) =>
    before === null || after === null ? [] : [before - after],
  );
  return used.length === 0 ? null : Math.max(0, ...used);
}
