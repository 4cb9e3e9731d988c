import { createHash, randomBytes } from "node:crypto";
import { schedules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { liveSchedule, noSchedule } from "./load-schedule.ts";

/**
 * Creates a new calendar URL; the previous one becomes invalid immediately. Anyone with the URL can read the schedule without signing in,
 * so only its hash is stored.
 * @returns the path on this host, shown once
 * @throws DomainError "not-found"
 */
export async function renewCalendarAddress(ctx: Context, scheduleId: string): Promise<{ path: string }> {
  permit(ctx, "renewCalendarAddress");
  const secret = randomBytes(24).toString("base64url");
  await transact(ctx, async (ctx) => {
    const [row] = await ctx.db
      .update(schedules)
      .set({ calendarHash: calendarHash(secret) })
      .where(liveSchedule(ctx, scheduleId))
      .returning({ name: schedules.name });
    if (!row) throw noSchedule();
    await record(ctx, "schedule.calendar-url-rotated", { subject: `schedule/${row.name}` });
    await publish(ctx, "oncall", scheduleId);
  });
  return { path: `/api/v1/on-call/schedules/${scheduleId}/calendar.ics?secret=${secret}` };
}

/** Returns the SHA-256 of the secret in hex: with 192 random bits, no slower hash is needed. */
export function calendarHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
