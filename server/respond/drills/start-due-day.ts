import { type Context, transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { lockDay } from "./find-day.ts";
import { addGameDayEvent, changeGameDay, type GameDayRow, lockGameDays, subjectOf } from "./game-day-rows.ts";
import { planNext } from "./plan-next.ts";
import { startDay } from "./start-day.ts";

/** A start that is later than this is skipped: people expect it at its time. */
const maxLateMs = 10 * minuteMs;

/**
 * Starts a planned game day whose time has come, or skips it when a precondition is not met. Nothing happens for others. For the watcher, not on
 * behalf of a caller. @param now milliseconds since 1970, on the database's clock
 */
export async function startDueDay(ctx: Context, number: number, now: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    await lockGameDays(ctx);
    const day = await lockDay(ctx, number);
    if (day.state !== "planned" || !day.startsAt || day.startsAt.getTime() > now) return;
    const isLate = day.startsAt.getTime() < now - maxLateMs;
    const blocked = isLate
      ? "Its time passed while no worker was running."
      : (await startDay(ctx, number, { by: null })).blocked;
    if (blocked !== null) await skip(ctx, day, blocked, now);
  });
}

async function skip(ctx: Context, day: GameDayRow, reason: string, now: number): Promise<void> {
  await changeGameDay(ctx, day.id, { state: "skipped", endReason: reason });
  await addGameDayEvent(ctx, day.id, { kind: "skipped", words: `Skipped. ${reason}`, by: null, at: new Date(now) });
  await record(ctx, "game-day.skipped", { subject: subjectOf(day), reason });
  await planNext(ctx, day, now);
  await publish(ctx, "game-days", day.id);
}
