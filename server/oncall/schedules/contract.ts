import { z } from "zod";

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Write a time as 08:00.");

/** People who take turns. Turns begin at `start` and last `every`, in local time of the schedule: daylight saving keeps the hour. */
export const ScheduleLayer = z.object({
  name: z.string().trim().min(1).max(80),
  userIds: z.array(z.uuid()).min(1).max(50),
  /** Local date and time of the first hand-over: "2026-05-04T09:00". */
  start: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, "Write date and time as 2026-05-04T09:00."),
  every: z.object({ unit: z.enum(["hour", "day", "week"]), count: z.number().int().min(1).max(52) }),
  /** Only in these hours; empty is always. 0 is Sunday. A span may end on the next day. */
  hours: z
    .array(z.object({ weekdays: z.array(z.number().int().min(0).max(6)).default([]), from: clock, to: clock }))
    .default([]),
});
export type ScheduleLayer = z.infer<typeof ScheduleLayer>;

/** Who is on call from when until when, and why: a layer's name or an override. */
export const Shift = z.object({
  userId: z.uuid(),
  from: z.date(),
  to: z.date(),
  layer: z.string(),
  overrideId: z.uuid().nullable(),
});
export type Shift = z.infer<typeof Shift>;
