import { and, count, eq, gt, sql } from "drizzle-orm";
import { gameDayEvents, gameDays } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { percent } from "#server/base/format-number.ts";
import { publish } from "#server/platform/events/publish.ts";
import { findAbortReason } from "./abort/abort-conditions.ts";
import { readAbortFacts } from "./abort/read-abort-facts.ts";
import { carryOutFault } from "./carry-out/carry-out-fault.ts";
import { limits } from "./contract.ts";
import { endDay } from "./end-day.ts";
import { isOfRequests } from "./fault-kinds.ts";
import { lockDay } from "./find-day.ts";
import { addGameDayEvent, type GameDayRow, lockGameDays, ofGameDay } from "./game-day-rows.ts";

/**
 * Looks after a running game day once: ends it at its end, aborts it when a condition is reached, else renews its lease, carries out a fault that is
 * one act of the worker, and logs how its share rises. Nothing happens for others. For the watcher, not on behalf of a caller.
 * @param now milliseconds since 1970, on the database's clock
 */
export async function watchDay(ctx: Context, gameDayId: string, now: number): Promise<void> {
  const [day] = await ctx.db.select().from(gameDays).where(ofGameDay(ctx, gameDayId));
  if (!day?.until) return;
  const facts = await readAbortFacts(ctx, day, now);
  if (!facts) return;
  const until = day.until.getTime();
  // Gateways ended the fault with its lease, even if its time has passed since.
  const inForceUntil = Math.min(until, facts.leasedUntil);
  if (until <= now && inForceUntil === until) return finish(ctx, day, { state: "ended", reason: "", at: until });
  const reason = findAbortReason(facts);
  if (reason !== null) return finish(ctx, day, { state: "aborted", reason, at: Math.min(now, inForceUntil) });
  await renewLease(ctx, day, now);
  const problem = await carryOut(ctx, day);
  if (problem !== null) return finish(ctx, day, { state: "aborted", reason: problem, at: now });
  await logSteps(ctx, day, now);
}

/** Ends it, unless someone else has meanwhile. */
async function finish(
  ctx: Context,
  { number }: GameDayRow,
  end: { state: "ended" | "aborted"; reason: string; at: number },
): Promise<void> {
  await transact(ctx, async (ctx) => {
    await lockGameDays(ctx);
    const day = await lockDay(ctx, number);
    if (day.state === "running") await endDay(ctx, day, { ...end, by: null });
  });
}

/** Moves the lease on, so that the fault goes on; gateways read it every few seconds, so nobody is notified. */
async function renewLease(ctx: Context, { id, leasedUntil, until }: GameDayRow, now: number): Promise<void> {
  const { leaseSeconds, renewSeconds } = limits;
  const leftMs = (leasedUntil?.getTime() ?? 0) - now;
  if (leftMs > (leaseSeconds - renewSeconds) * 1000 || leasedUntil?.getTime() === until?.getTime()) return;
  const inFull = sql`clock_timestamp() + make_interval(secs => ${leaseSeconds})`;
  await ctx.db
    .update(gameDays)
    .set({ leasedUntil: sql`least(${gameDays.until}, ${inFull})` })
    // One that has lapsed meanwhile stays so: the fault would end and start again.
    .where(and(ofGameDay(ctx, id), eq(gameDays.state, "running"), gt(gameDays.leasedUntil, sql`clock_timestamp()`)));
}

/** Carries out the fault, once. @returns why it cannot be carried out; null where it was, or another process does it */
async function carryOut(ctx: Context, day: GameDayRow): Promise<string | null> {
  if (day.takenBy !== null) return null;
  try {
    await transact(ctx, async (ctx) => {
      const words = await carryOutFault(ctx, day);
      if (words === null) return;
      await addGameDayEvent(ctx, day.id, { kind: "carried-out", words, by: null, at: new Date() });
      await publish(ctx, "game-days", day.id);
    });
    return null;
  } catch (error) {
    if (error instanceof DomainError && error.code !== "unavailable") return error.message;
    throw error;
  }
}

/** Logs each step of the share once: a fault of requests reaches it in steps. */
async function logSteps(ctx: Context, day: GameDayRow, now: number): Promise<void> {
  const { id, number, startedAt, fault, scope, share } = day;
  if (!startedAt || scope === "header" || !isOfRequests(fault)) return;
  const parts = [...limits.steps.slice(1), 1];
  const passed = Math.floor((now - startedAt.getTime()) / (limits.stepSeconds * 1000));
  const due = parts.slice(0, Math.min(passed, parts.length));
  if (due.length === 0 || (await countSteps(ctx, id)) >= due.length) return;
  await transact(ctx, async (ctx) => {
    await lockDay(ctx, number);
    const logged = await countSteps(ctx, id);
    for (const [index, part] of due.entries()) {
      if (index < logged) continue;
      const at = new Date(startedAt.getTime() + (index + 1) * limits.stepSeconds * 1000);
      const words = `Share raised to ${percent(share * part)}.`;
      await addGameDayEvent(ctx, id, { kind: "share-raised", words, by: null, at });
    }
    await publish(ctx, "game-days", id);
  });
}

async function countSteps(ctx: Context, gameDayId: string): Promise<number> {
  const [row] = await ctx.db
    .select({ steps: count() })
    .from(gameDayEvents)
    .where(
      and(
        eq(gameDayEvents.workspaceId, ctx.actor.workspaceId),
        eq(gameDayEvents.gameDayId, gameDayId),
        eq(gameDayEvents.kind, "share-raised"),
      ),
    );
  return row?.steps ?? 0;
}
