import { and, eq } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { minuteMs } from "#server/base/durations.ts";
import { percent } from "#server/base/format-number.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { limits } from "./contract.ts";
import { describeFault } from "./describe-fault.ts";
import { isOfRequests } from "./fault-kinds.ts";
import { lockDay } from "./find-day.ts";
import { addGameDayEvent, changeGameDay, type GameDayRow, lockGameDays, subjectOf } from "./game-day-rows.ts";
import { describeOther, preconditions } from "./preconditions/preconditions.ts";
import { readBaseline } from "./preconditions/read-baseline.ts";
import { readGateways } from "./preconditions/read-gateways.ts";
import { readPreconditionFacts } from "./preconditions/read-precondition-facts.ts";
import { requirePlanned } from "./require-planned.ts";

/**
 * Starts a planned game day if all preconditions hold, in the caller's transaction. The caller has checked permissions.
 * @param by name of the person; null where its time has come @returns its id, and why it did not start; null where it did
 * @throws DomainError "not-found"; "conflict" where it is not planned any more
 */
export async function startDay(
  ctx: Context,
  number: number,
  { by }: { by: string | null },
): Promise<{ id: string; blocked: string | null }> {
  await lockGameDays(ctx);
  const day = await lockDay(ctx, number);
  requirePlanned(day);
  const { id } = day;
  // Asked first: nothing that takes longer may delay the end of the one that runs.
  const ofWorkspace = eq(gameDays.workspaceId, ctx.actor.workspaceId);
  const [other] = await ctx.db
    .select({ number: gameDays.number })
    .from(gameDays)
    .where(and(ofWorkspace, eq(gameDays.state, "running")));
  if (other) return { id, blocked: describeOther(other.number) };
  const facts = await readPreconditionFacts(ctx, day, await databaseNow(ctx.db));
  const unmet = preconditions(facts).find(({ isMet }) => !isMet);
  if (unmet) return { id, blocked: unmet.blocked };
  const baseline = await readBaseline(ctx, day, facts);
  const gateways = (await readGateways(ctx)).length;
  const startedAt = await databaseNow(ctx.db);
  const until = startedAt + day.minutes * minuteMs;
  await changeGameDay(ctx, id, {
    state: "running",
    startedAt: new Date(startedAt),
    until: new Date(until),
    leasedUntil: new Date(Math.min(until, startedAt + limits.leaseSeconds * 1000)),
    ownerSeenAt: new Date(startedAt),
    baseline,
  });
  const words = describeStart(day, gateways);
  await addGameDayEvent(ctx, id, { kind: "started", words, by, at: new Date(startedAt) });
  await record(ctx, "game-day.started", {
    subject: subjectOf(day),
    after: { fault: day.fault, until: new Date(until) },
  });
  await publish(ctx, "game-days", id);
  return { id, blocked: null };
}

/** Says what starts: "Started at 2.5% on 4 gateways." */
function describeStart(day: GameDayRow, gateways: number): string {
  const where = `on ${gateways} ${gateways === 1 ? "gateway" : "gateways"}`;
  if (!isOfRequests(day.fault)) return `Started: ${describeFault(day)}.`;
  if (day.scope === "header") return `Started for requests with the header ${where}.`;
  return `Started at ${percent(day.share * limits.steps[0])} ${where}.`;
}
