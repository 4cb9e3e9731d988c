import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import { TimeZone } from "#server/base/time-zone.ts";
import { OnCallPerson } from "../../../platform/teams/people/contract.ts";

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Enter a time such as 08:00.");

/** People who take turns. Turns start at `start` and last `every`, in the schedule's local time: daylight saving keeps the hour. */
export const ScheduleLayer = z.object({
  name: z.string().trim().min(1, "Enter a name for the layer.").max(80),
  userIds: z.array(z.uuid()).min(1, "Add at least one person to the layer.").max(50),
  /** Local date and time of the first hand-over: "2026-05-04T09:00". */
  start: z
    .string()
    .regex(
      /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/,
      "Enter a date and time such as 2026-05-04T09:00.",
    ),
  every: z.object({ unit: z.enum(["hour", "day", "week"]), count: z.number().int().min(1).max(52) }),
  /** Only in these hours; empty is always. 0 is Sunday; no weekdays are all. A span may end on the next day. */
  hours: z
    .array(
      z.object({
        weekdays: z.array(z.number().int().min(0).max(6)).max(7).default([]),
        from: clock,
        to: clock,
      }),
    )
    .max(20)
    .default([]),
});
export type ScheduleLayer = z.infer<typeof ScheduleLayer>;

/** Time range in which a person is on call, and its source: a layer's name or an override. */
export const Shift = z.object({
  userId: z.uuid(),
  from: z.date(),
  to: z.date(),
  layer: z.string(),
  overrideId: z.uuid().nullable(),
});
export type Shift = z.infer<typeof Shift>;

const NewLayer = ScheduleLayer.extend({ name: ScheduleLayer.shape.name.check(noControlCharacters) });

const ScheduleShape = z.object({
  name: z.string().trim().min(1, "Enter a name for the schedule.").max(80).check(noControlCharacters),
  timeZone: TimeZone,
  /** Team of the schedule; null for one that covers everything without a team. */
  teamId: z.uuid().nullable().default(null),
  /** Layers of the schedule; later ones take precedence. */
  layers: z.array(NewLayer).min(1, "Add at least one layer with people.").max(10),
});
export const CreateSchedule = ScheduleShape;
export type CreateSchedule = z.input<typeof CreateSchedule>;

/** Partial update: omitted fields keep their values. */
export const UpdateSchedule = z.object({
  scheduleId: z.uuid(),
  name: ScheduleShape.shape.name.optional(),
  timeZone: TimeZone.optional(),
  teamId: z.uuid().nullable().optional(),
  layers: ScheduleShape.shape.layers.optional(),
});
export type UpdateSchedule = z.input<typeof UpdateSchedule>;

export const ArchiveSchedule = z.object({ scheduleId: z.uuid(), reason: z.string().trim().max(500).default("") });
export type ArchiveSchedule = z.input<typeof ArchiveSchedule>;

/** Part of a schedule to show; defaults to two weeks from now. */
export const Span = z.object({ from: Instant.optional(), to: Instant.optional() });

export const GetSchedule = Span.extend({ scheduleId: z.uuid() });
export type GetSchedule = z.input<typeof GetSchedule>;

/** A schedule as it would be, before it is saved. Overrides are those of the saved one, when there is one. */
export const PreviewSchedule = Span.extend({
  scheduleId: z.uuid().nullable().default(null),
  timeZone: TimeZone,
  layers: ScheduleShape.shape.layers,
});
export type PreviewSchedule = z.input<typeof PreviewSchedule>;

const spanOf = { from: Instant, to: Instant };

export const AddOverride = z.object({
  scheduleId: z.uuid(),
  userId: z.uuid(),
  ...spanOf,
  reason: z.string().trim().max(500).default(""),
});
export type AddOverride = z.input<typeof AddOverride>;

export const CancelOverride = z.object({ overrideId: z.uuid() });
export type CancelOverride = z.input<typeof CancelOverride>;

/** Two people take each other's turn. */
export const SwapShifts = z.object({
  scheduleId: z.uuid(),
  first: z.object(spanOf),
  second: z.object(spanOf),
  reason: z.string().trim().max(500).default(""),
});
export type SwapShifts = z.input<typeof SwapShifts>;

export const Override = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  from: z.date(),
  to: z.date(),
  reason: z.string(),
  createdBy: z.string(),
});
export type Override = z.infer<typeof Override>;

export const ScheduleSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  timeZone: z.string(),
  team: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** Null while no one is on call. */
  now: OnCallPerson.nullable(),
  /** Next on call, and the start of their shift. */
  next: OnCallPerson.extend({ from: z.date() }).nullable(),
  /** Warnings "No one is on call …", for the next four weeks. */
  warnings: z.array(z.string()),
});
export type ScheduleSummary = z.infer<typeof ScheduleSummary>;

/** Time range of a schedule, layer by layer and with the final result. */
export const Timeline = z.object({
  from: z.date(),
  to: z.date(),
  /** Local midnights in it. */
  days: z.array(z.date()),
  layers: z.array(z.object({ name: z.string(), shifts: z.array(Shift) })),
  final: z.array(Shift),
  gaps: z.array(z.object({ from: z.date(), to: z.date() })),
  warnings: z.array(z.string()),
  /** Names of everybody in it. */
  people: z.array(z.object({ userId: z.uuid(), name: z.string(), email: z.string(), isDisabled: z.boolean() })),
});
export type Timeline = z.infer<typeof Timeline>;

export const Schedule = ScheduleSummary.extend({
  layers: z.array(ScheduleLayer),
  overrides: z.array(Override),
  timeline: Timeline,
  hasCalendarAddress: z.boolean(),
});
export type Schedule = z.infer<typeof Schedule>;

/** The turn that the caller has now. */
export const OwnShift = z.object({
  schedule: z.string(),
  scheduleId: z.uuid(),
  /** Null where no one else follows. */
  until: z.date().nullable(),
});
export type OwnShift = z.infer<typeof OwnShift>;

/** Entry of the "on call now" list. */
export const OnCallNow = z.object({
  scheduleId: z.uuid(),
  schedule: z.string(),
  team: z.string().nullable(),
  now: OnCallPerson.nullable(),
  next: OnCallPerson.extend({ from: z.date() }).nullable(),
});
export type OnCallNow = z.infer<typeof OnCallNow>;
