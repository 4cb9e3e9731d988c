import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseSpan, writeOverride } from "./add-override.ts";
import { type Override, SwapShifts } from "./contract.ts";
import { loadSchedule, type StoredSchedule } from "./load-schedule.ts";
import { shiftsOf } from "./shifts-of.ts";

/**
 * Swaps the time ranges of two people: each takes over the other's range, as two overrides.
 * @throws DomainError "not-found", "invalid" where a range is not one person's, both are the same person's, or they overlap
 */
export async function swapShifts(ctx: Context, input: SwapShifts): Promise<Override[]> {
  permit(ctx, "swapShifts");
  const { scheduleId, first, second, reason } = SwapShifts.parse(input);
  const now = new Date();
  refuseSpan(first, now);
  refuseSpan(second, now);
  if (first.from < second.to && second.from < first.to) {
    throw new DomainError("invalid", "The two periods overlap.", { field: "second" });
  }
  return transact(ctx, async (ctx) => {
    const schedule = await loadSchedule(ctx, scheduleId, { from: now });
    const one = ownerOf(schedule, first, "first");
    const other = ownerOf(schedule, second, "second");
    if (one === other) {
      throw new DomainError("invalid", "Both periods already belong to the same person.", { field: "second" });
    }
    const overrides = [
      await writeOverride(ctx, { scheduleId, userId: other, ...first, reason }),
      await writeOverride(ctx, { scheduleId, userId: one, ...second, reason }),
    ];
    await record(ctx, "schedule.swapped", {
      subject: `schedule/${schedule.name}`,
      after: { first: { ...first, userId: other }, second: { ...second, userId: one } },
      ...(reason && { reason }),
    });
    await publish(ctx, "oncall", scheduleId);
    return overrides;
  });
}

function ownerOf(schedule: StoredSchedule, span: { from: Date; to: Date }, field: string): string {
  const owners = new Set(shiftsOf(schedule, schedule.overrides, span).map(({ userId }) => userId));
  const [owner] = owners;
  if (owner !== undefined && owners.size === 1) return owner;
  const message =
    owner === undefined ? "No one is on call at that time." : "More than one person is on call at that time.";
  throw new DomainError("invalid", `${message} Select a period within a single shift.`, { field });
}
