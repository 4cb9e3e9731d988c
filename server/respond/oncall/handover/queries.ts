import { and, desc, eq } from "drizzle-orm";
import { handoverNotes, schedules } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import { currentShift } from "../schedules/current-shift.ts";
import { loadSchedule } from "../schedules/load-schedule.ts";
import { turnAt } from "../schedules/turn-at.ts";
import { type HandoverDraft, HandoverNote, ListHandovers, OfShift, type ShiftReport } from "./contract.ts";
import { handoverFacts } from "./handover-facts.ts";
import { handoverMarkdown } from "./handover-markdown.ts";
import { shiftPages, statisticsOf } from "./shift-pages.ts";

/** Maximum age of a shift for which overrides are still read. */
const lookbackMs = 400 * dayMs;

/**
 * Drafts the note for the next on call, from the current shift: open matters, pages and upcoming changes. Saves nothing.
 * @throws DomainError "not-found", "conflict" where no one is on call
 */
export async function draftHandover(ctx: Context, input: OfShift): Promise<HandoverDraft> {
  permit(ctx, "draftHandover");
  const { scheduleId, at: now = new Date() } = OfShift.parse(input);
  const schedule = await loadSchedule(ctx, scheduleId, { from: new Date(now.getTime() - lookbackMs) });
  const shift = await currentShift(ctx, { scheduleId }, now);
  if (!shift) throw new DomainError("conflict", "No one is on call at that time, so there is no shift to hand over.");
  const { next } = turnAt(schedule, schedule.overrides, now);
  const people = await findPeople(ctx, [shift.userId, ...(next ? [next.userId] : [])]);
  const window = { from: shift.from, to: new Date(Math.min(shift.to.getTime(), now.getTime())) };
  const pages = await shiftPages(ctx, { userIds: [shift.userId], ...window });
  const body = handoverMarkdown({
    ...(await handoverFacts(ctx, schedule.team?.id ?? null, now)),
    schedule: schedule.name,
    timeZone: schedule.timeZone,
    shift,
    from: people.get(shift.userId)?.name ?? null,
    to: (next && people.get(next.userId)?.name) ?? null,
    pages,
    statistics: await statisticsOf(ctx, pages, window),
  });
  const { userId, from, to, layer, overrideId } = shift;
  const [saved] = await ctx.db
    .select({ body: handoverNotes.body })
    .from(handoverNotes)
    .where(and(eq(handoverNotes.scheduleId, scheduleId), eq(handoverNotes.shiftFrom, from)));
  const shown = { userId, from, to, layer, overrideId };
  return { scheduleId, schedule: schedule.name, shift: shown, body, saved: saved?.body ?? null };
}

/** Returns the statistics so far of the shift at a moment; all zero where no one is on call. @throws DomainError "not-found" */
export async function getShiftReport(ctx: Context, input: OfShift): Promise<ShiftReport> {
  permit(ctx, "getShiftReport");
  const { scheduleId, at: now = new Date() } = OfShift.parse(input);
  await loadSchedule(ctx, scheduleId, { from: now });
  const shift = await currentShift(ctx, { scheduleId }, now);
  const window = shift ? { from: shift.from, to: shift.to } : { from: now, to: now };
  const pages = await shiftPages(ctx, { userIds: shift ? [shift.userId] : [], ...window });
  const report = await statisticsOf(ctx, pages, window);
  if (!shift) return { ...report, shift: null };
  const { userId, from, to, layer, overrideId } = shift;
  return { ...report, shift: { userId, from, to, layer, overrideId } };
}

/** Notes of shifts that were handed over, newest shift first. */
export async function listHandovers(ctx: Context, input: ListHandovers = {}): Promise<HandoverNote[]> {
  permit(ctx, "listHandovers");
  const { scheduleId, limit } = ListHandovers.parse(input);
  const rows = await ctx.db
    .select({ note: handoverNotes, schedule: schedules.name })
    .from(handoverNotes)
    .innerJoin(schedules, eq(schedules.id, handoverNotes.scheduleId))
    .where(
      and(
        eq(handoverNotes.workspaceId, ctx.actor.workspaceId),
        scheduleId ? eq(handoverNotes.scheduleId, scheduleId) : undefined,
      ),
    )
    .orderBy(desc(handoverNotes.shiftFrom), desc(handoverNotes.updatedAt))
    .limit(limit);
  return rows.map(({ note, schedule }) => HandoverNote.parse({ ...note, schedule }));
}
