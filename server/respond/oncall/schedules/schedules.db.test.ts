import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { memberships } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { createTeam } from "../../../platform/teams/create-team.ts";
import { newPerson, newSchedule } from "../../../testing/fixtures/oncall/testing.ts";
import { addOverride } from "./add-override.ts";
import { archiveSchedule } from "./archive-schedule.ts";
import { readCalendar } from "./calendar.ts";
import { cancelOverride } from "./cancel-override.ts";
import { createSchedule } from "./create-schedule.ts";
import { currentShift } from "./current-shift.ts";
import { findOnCall } from "./find-on-call.ts";
import { getSchedule, listOnCallNow, listSchedules, previewSchedule } from "./queries.ts";
import { removeCalendarAddress } from "./remove-calendar-address.ts";
import { renewCalendarAddress } from "./renew-calendar-address.ts";
import { swapShifts } from "./swap-shifts.ts";
import { updateSchedule } from "./update-schedule.ts";

const dayMs = 86_400_000;

function refused(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof DomainError) return `${error.code} ${error.field ?? ""}: ${error.message}`;
      throw error;
    },
  );
}

/** Creates a weekly schedule of two people that started some Mondays ago, and returns the person on call this week. */
async function setUpFixture(ctx: Context) {
  const [ines, tomasz] = [await newPerson(ctx, "Ines"), await newPerson(ctx, "Tomasz")];
  const schedule = await newSchedule(ctx, { userIds: [ines, tomasz] });
  const shift = await currentShift(ctx, { scheduleId: schedule.id });
  if (!shift) throw new Error("No one is on call.");
  const [now, next] = shift.userId === ines ? [ines, tomasz] : [tomasz, ines];
  return { ines, tomasz, schedule, shift, now, next };
}

test(
  "shows every viewer who is on call, until when, and who is next",
  inWorkspace(async (ctx) => {
    const { schedule, shift, now, next } = await setUpFixture(ctx);
    const viewer = as(ctx, "viewer");
    expect(await listOnCallNow(viewer)).toMatchObject([
      {
        schedule: "Primary",
        team: null,
        now: { userId: now, until: shift.to },
        next: { userId: next, from: shift.to, until: new Date(shift.to.getTime() + 7 * dayMs) },
      },
    ]);
    const shown = await getSchedule(viewer, { scheduleId: schedule.id });
    expect(shown.timeline.final.map(({ userId }) => userId)).toEqual([now, next, now]);
    expect(shown).toMatchObject({ warnings: [], timeline: { gaps: [], layers: [{ name: "Weeks" }] } });
    expect(await currentShift(ctx, { userId: now })).toMatchObject({ schedule: "Primary", until: shift.to });
    expect(await currentShift(ctx, { userId: next })).toBeNull();
    expect(await refused(createSchedule(as(ctx, "member"), { name: "x", timeZone: "UTC", layers: [] }))).toContain(
      "forbidden",
    );
  }),
);

test(
  "applies an override for its exact time range, and keeps the past part when cancelled",
  inWorkspace(async (ctx) => {
    const { schedule, now, next } = await setUpFixture(ctx);
    const scheduleId = schedule.id;
    const at = Date.now();
    const span = { from: new Date(at - 60_000), to: new Date(at + 3_600_000) };
    const { id } = await addOverride(as(ctx, "member"), { scheduleId, userId: next, ...span, reason: "a doctor" });
    const who = async (moment: number) =>
      (await findOnCall(ctx, { scheduleId }, new Date(moment))).map((each) => each.userId);
    expect(await who(span.from.getTime())).toEqual([next]);
    expect(await who(span.to.getTime() - 1)).toEqual([next]);
    await cancelOverride(as(ctx, "member"), { overrideId: id });
    expect(await who(at + 1000)).toEqual([now]);
    expect(await who(span.from.getTime())).toEqual([next]);
    expect(await refused(cancelOverride(ctx, { overrideId: id }))).toContain("not-found");
    const { events } = await readAuditLog(ctx, { q: 'action ~ "schedule.over"' });
    expect(events.map(({ action, reason }) => [action, reason])).toEqual([
      ["schedule.override-cancelled", null],
      ["schedule.overridden", "a doctor"],
    ]);
    const old = { from: new Date(at - 2 * dayMs), to: new Date(at - dayMs) };
    expect(await refused(addOverride(ctx, { scheduleId, userId: next, ...old }))).toContain(
      "This period is in the past",
    );
    const turned = { from: span.to, to: span.from };
    expect(await refused(addOverride(ctx, { scheduleId, userId: next, ...turned }))).toContain("after the start");
    const long = { from: new Date(at), to: new Date(at + 93 * dayMs) };
    expect(await refused(addOverride(ctx, { scheduleId, userId: next, ...long }))).toContain("at most 92 days");
  }),
);

test(
  "swaps weeks of two users, and rejects shifts of one user, of no one or overlapping",
  inWorkspace(async (ctx) => {
    const { schedule, shift, now, next } = await setUpFixture(ctx);
    const week = (index: number) => ({
      from: new Date(shift.from.getTime() + index * 7 * dayMs),
      to: new Date(shift.to.getTime() + index * 7 * dayMs),
    });
    const scheduleId = schedule.id;
    await swapShifts(ctx, { scheduleId, first: week(1), second: week(2) });
    const { timeline } = await getSchedule(ctx, { scheduleId, from: week(1).from, to: week(3).to });
    expect(timeline.final.map(({ userId }) => userId)).toEqual([now, next, next]);
    const swap = (first: number, second: number) =>
      refused(swapShifts(ctx, { scheduleId, first: week(first), second: week(second) }));
    expect(await swap(2, 3)).toContain("same person");
    expect(await swap(4, 4)).toContain("overlap");
    const two = { from: week(5).from, to: week(6).to };
    expect(await refused(swapShifts(ctx, { scheduleId, first: two, second: week(7) }))).toContain(
      "More than one person",
    );
  }),
);

test(
  "previews coverage gaps without saving",
  inWorkspace(async (ctx) => {
    const { ines, schedule } = await setUpFixture(ctx);
    const weekdays = [1, 2, 3, 4, 5];
    const layers = [
      {
        name: "Office",
        userIds: [ines],
        start: "2026-05-04T09:00",
        every: { unit: "week" as const, count: 1 },
        hours: [{ weekdays, from: "09:00", to: "17:00" }],
      },
    ];
    const preview = await previewSchedule(ctx, { scheduleId: schedule.id, timeZone: "Europe/Lisbon", layers });
    expect(preview.warnings[0]).toMatch(/^No one is on call from /);
    expect(preview.warnings.at(-1)).toMatch(/^\d+ more coverage gaps after that\.$/);
    expect(preview.gaps.length).toBeGreaterThanOrEqual(10);
    expect((await listSchedules(ctx))[0]?.warnings).toEqual([]);
    await updateSchedule(ctx, { scheduleId: schedule.id, layers });
    expect((await listSchedules(ctx))[0]?.warnings).not.toEqual([]);
  }),
);

test(
  "rejects an invalid schedule with the field and a fix",
  inWorkspace(async (ctx) => {
    const { ines, schedule } = await setUpFixture(ctx);
    const layer = {
      name: "Weeks",
      userIds: [ines],
      start: "2026-05-04T09:00",
      every: { unit: "week" as const, count: 1 },
    };
    const input = { name: "Second", timeZone: "UTC", layers: [layer] };
    expect(await refused(createSchedule(ctx, { ...input, name: "Primary" }))).toContain("conflict name");
    const strange = { ...layer, userIds: ["00000000-0000-4000-8000-000000000000"] };
    expect(await refused(createSchedule(ctx, { ...input, layers: [strange] }))).toContain("not-found layers.0.userIds");
    const noDay = { ...layer, start: "2026-02-30T09:00" };
    expect(await refused(createSchedule(ctx, { ...input, layers: [noDay] }))).toContain(
      "2026-02-30 is not a valid date",
    );
    await expect(createSchedule(ctx, { ...input, timeZone: "Europe/Atlantis" })).rejects.toThrow("Unknown time zone");
    await archiveSchedule(ctx, { scheduleId: schedule.id, reason: "merged" });
    expect(await refused(getSchedule(ctx, { scheduleId: schedule.id }))).toContain("not-found");
    expect((await createSchedule(ctx, { ...input, name: "Primary" })).name).toBe("Primary");
  }),
);

test(
  "skips disabled users, and warns in the schedule",
  inWorkspace(async (ctx) => {
    const { schedule, now } = await setUpFixture(ctx);
    await ctx.db.update(memberships).set({ disabledAt: new Date() }).where(eq(memberships.userId, now));
    expect(await findOnCall(ctx, { scheduleId: schedule.id }, new Date())).toEqual([]);
    const [summary] = await listSchedules(ctx);
    expect(summary?.now).toBeNull();
    expect(summary?.warnings[0]).toMatch(/account is disabled and will not be paged/);
  }),
);

test(
  "resolves a team to its schedules and next on call, and no team to schedules without one",
  inWorkspace(async (ctx) => {
    const { now, next } = await setUpFixture(ctx);
    const priya = await newPerson(ctx, "Priya");
    const { id: teamId } = await createTeam(ctx, { name: "Fraud" });
    const at = new Date();
    const ids = async (of: Parameters<typeof findOnCall>[1], who?: "second") =>
      (await findOnCall(ctx, of, at, who)).map(({ userId }) => userId);
    expect(await ids({ teamId })).toEqual([now]);
    await newSchedule(ctx, { name: "Fraud", teamId, userIds: [priya] });
    expect(await ids({ teamId })).toEqual([priya]);
    expect(await ids({ teamId }, "second")).toEqual([]);
    expect(await ids({ teamId: null }, "second")).toEqual([next]);
  }),
);

test(
  "returns shifts for calendar apps only with the current secret",
  inWorkspace(async (ctx) => {
    const { schedule, shift } = await setUpFixture(ctx);
    const scheduleId = schedule.id;
    const { path } = await renewCalendarAddress(ctx, scheduleId);
    const secret = new URL(path, "http://leeway").searchParams.get("secret") ?? "";
    const text = await readCalendar(ctx.db, { scheduleId, secret }, "https://leeway.test");
    const lines = text.replaceAll("\r\n ", "").split("\r\n");
    expect(lines[0]).toBe("BEGIN:VCALENDAR");
    const stamp = (date: Date) => date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
    expect(lines).toContain(`DTSTART:${stamp(shift.from)}`);
    expect(lines).toContain(`DTEND:${stamp(shift.to)}`);
    const names = lines.filter((line) => line.startsWith("SUMMARY")).map((line) => line.slice(8).split(" ")[0]);
    expect(new Set(names)).toEqual(new Set(["Ines", "Tomasz"]));
    expect(lines.filter((line) => line.startsWith("UID")).length).toBe(
      new Set(lines.filter((line) => line.startsWith("UID"))).size,
    );
    const read = (secret: string) => refused(readCalendar(ctx.db, { scheduleId, secret }, "https://leeway.test"));
    expect(await read("wrong")).toContain("not-found");
    const renewed = new URL((await renewCalendarAddress(ctx, scheduleId)).path, "http://leeway");
    expect(await read(secret)).toContain("not-found");
    expect(await read(renewed.searchParams.get("secret") ?? "")).toBe("done");
    await removeCalendarAddress(ctx, scheduleId);
    expect(await read(renewed.searchParams.get("secret") ?? "")).toContain("not-found");
  }),
);
