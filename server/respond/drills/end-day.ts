import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { addGameDayEvent, changeGameDay, type GameDayRow, subjectOf } from "./game-day-rows.ts";
import { notifyOnCall } from "./notify-on-call.ts";
import { planNext } from "./plan-next.ts";

interface End {
  state: "ended" | "aborted";
  /** Why it ended before its time; "" at its end. */
  reason: string;
  /** Name of the person who aborted it; null for Leeway. */
  by: string | null;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * Ends a running game day: gateways end the fault when they read it, at the latest when its lease is over. A monthly one is planned again, and
 * on-call learns of one that was not announced. In the caller's transaction, which holds lockGameDays() and the row.
 */
export async function endDay(ctx: Context, day: GameDayRow, { state, reason, by, at }: End): Promise<void> {
  const endedAt = new Date(at);
  await changeGameDay(ctx, day.id, { state, endedAt, leasedUntil: endedAt, endReason: reason, endedBy: by });
  const words = state === "ended" ? "Ended as planned." : describeAbort(reason, by);
  await addGameDayEvent(ctx, day.id, { kind: state, words, by, at: endedAt });
  await record(ctx, `game-day.${state}`, { subject: subjectOf(day), ...(reason !== "" && { reason }) });
  if (!day.isAnnounced) await notifyOnCall(ctx, day);
  await planNext(ctx, day, at);
  await publish(ctx, "game-days", day.id);
}

function describeAbort(reason: string, by: string | null): string {
  if (by === null) return `Aborted: ${reason}`;
  return reason === "" ? "Aborted." : `Aborted: ${reason}`;
}
