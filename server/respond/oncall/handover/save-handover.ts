import { handoverNotes } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadSchedule } from "../schedules/load-schedule.ts";
import { HandoverNote, SaveHandover } from "./contract.ts";

/**
 * Saves the note of a shift; it replaces an earlier note of the same shift.
 * @throws DomainError "not-found", "invalid" if the shift ends before it starts
 */
export async function saveHandover(ctx: Context, input: SaveHandover): Promise<HandoverNote> {
  permit(ctx, "saveHandover");
  const { scheduleId, shiftFrom, shiftTo, body } = SaveHandover.parse(input);
  if (shiftTo <= shiftFrom) {
    throw new DomainError("invalid", "The shift must end after it starts.", { field: "shiftTo" });
  }
  return transact(ctx, async (ctx) => {
    const { name } = await loadSchedule(ctx, scheduleId, { from: shiftFrom });
    const { workspaceId, name: writtenBy } = ctx.actor;
    const said = { shiftTo, body, writtenBy, updatedAt: new Date() };
    const [row] = await ctx.db
      .insert(handoverNotes)
      .values({ workspaceId, scheduleId, shiftFrom, ...said })
      .onConflictDoUpdate({ target: [handoverNotes.scheduleId, handoverNotes.shiftFrom], set: said })
      .returning();
    await record(ctx, "shift.handed-over", { subject: `schedule/${name}`, after: { shiftFrom, shiftTo } });
    await publish(ctx, "oncall", scheduleId);
    return HandoverNote.parse({ ...row, schedule: name });
  });
}
