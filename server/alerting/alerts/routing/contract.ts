import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import { Matcher } from "../matchers/contract.ts";

const seconds = (least: number) =>
  z
    .number()
    .int()
    .min(least)
    .max(30 * 86_400);

/** Alertmanager's, where no route says otherwise (dispatch/route.go). */
export const routeDefaults = { groupWaitSeconds: 30, groupIntervalSeconds: 300, repeatIntervalSeconds: 4 * 3600 };

/** Settings of a route; omitted ones are inherited from the parent (docs/spec/alerting.md section 4). */
export interface Route {
  matchers: Matcher[];
  receiver?: string | undefined;
  /** ["..."] groups by all labels. */
  groupBy?: string[] | undefined;
  groupWaitSeconds?: number | undefined;
  groupIntervalSeconds?: number | undefined;
  repeatIntervalSeconds?: number | undefined;
  continue: boolean;
  muteTimes: string[];
  activeTimes: string[];
  routes: Route[];
}

export const Route: z.ZodType<Route> = z.object({
  matchers: z.array(Matcher).max(limits.listLength).default([]),
  receiver: z.string().max(limits.nameLength).min(1).optional(),
  groupBy: z.array(z.string().max(limits.nameLength).min(1)).max(limits.listLength).optional(),
  groupWaitSeconds: seconds(0).optional(),
  groupIntervalSeconds: seconds(1).optional(),
  repeatIntervalSeconds: seconds(1).optional(),
  continue: z.boolean().default(false),
  muteTimes: z.array(z.string().max(limits.nameLength)).max(limits.listLength).default([]),
  activeTimes: z.array(z.string().max(limits.nameLength)).max(limits.listLength).default([]),
  get routes() {
    return z.array(Route).max(limits.listLength).default([]);
  },
}) as z.ZodType<Route>;

export const InhibitRule = z.object({
  name: z.string().default(""),
  sourceMatchers: z.array(Matcher).max(limits.listLength).min(1),
  targetMatchers: z.array(Matcher).max(limits.listLength).min(1),
  equal: z.array(z.string().max(limits.nameLength)).max(limits.listLength).default([]),
});
export type InhibitRule = z.infer<typeof InhibitRule>;

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "Enter a time such as 22:00.");

/** Times of the week in a time zone, as in Alertmanager's time intervals: all given fields must match, each by one entry of its list. */
export const TimeInterval = z.object({
  name: z.string().min(1),
  timeZone: z.string().max(limits.nameLength).default("UTC"),
  spans: z
    .array(
      z.object({
        /** 0 is Sunday. Empty is every day. */
        weekdays: z.array(z.number().int().min(0).max(6)).max(limits.listLength).default([]),
        /** From 1; negative ones count from the end of the month. */
        daysOfMonth: z.array(z.number().int().min(-31).max(31)).max(limits.listLength).default([]),
        months: z.array(z.number().int().min(1).max(12)).max(limits.listLength).default([]),
        times: z
          .array(z.object({ from: clock, to: clock }))
          .max(limits.listLength)
          .default([]),
      }),
    )
    .max(limits.listLength)
    .min(1),
});
export type TimeInterval = z.infer<typeof TimeInterval>;

export const Routing = z.object({
  /** Matches everything. */
  root: Route,
  inhibitRules: z.array(InhibitRule).default([]),
  timeIntervals: z.array(TimeInterval).default([]),
  /** After which alerts of senders that say no end are over. */
  resolveTimeoutSeconds: seconds(1).default(300),
});
export type Routing = z.infer<typeof Routing>;

export const StoredRouting = z.object({
  /** 0 for the default routing, until one is saved. */
  revision: z.number().int(),
  routing: Routing,
  reason: z.string(),
  changedBy: z.string(),
  at: z.date().nullable(),
  /** Receivers named by routes that have no channel: alerts sent there notify no one. */
  inactiveReceivers: z.array(z.string()),
});
export type StoredRouting = z.infer<typeof StoredRouting>;

const NewName = z.string().max(255).check(noControlCharacters);

/** A routing that was saved once. */
export const RoutingRevision = StoredRouting.pick({
  revision: true,
  routing: true,
  reason: true,
  changedBy: true,
}).extend({ at: z.date() });
export type RoutingRevision = z.infer<typeof RoutingRevision>;

export const SetRouting = z.object({
  routing: Routing.extend({
    inhibitRules: z
      .array(InhibitRule.extend({ name: NewName.default("") }))
      .max(limits.listLength)
      .default([]),
    timeIntervals: z
      .array(TimeInterval.extend({ name: NewName.min(1) }))
      .max(limits.listLength)
      .default([]),
  }),
  reason: z.string().trim().min(1, "Enter a reason.").max(2000),
  /** Revision that was edited; a newer one is a conflict. */
  revision: z.number().int().min(0).optional(),
});
export type SetRouting = z.input<typeof SetRouting>;

export const TestRoute = z.object({
  labels: boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.nameLength)),
});
export type TestRoute = z.input<typeof TestRoute>;

/** Routes of an alert with these labels, and the result if it fired now. */
export const RouteTest = z.object({
  fingerprint: z.string(),
  routes: z.array(
    z.object({
      path: z.string(),
      words: z.string(),
      receiver: z.string(),
      /** Whether the receiver notifies no one. */
      isSilent: z.boolean(),
      groupKey: z.string(),
      /** Null where it would be a new group. */
      groupId: z.uuid().nullable(),
      /** Time of the notification; null if there would be none. */
      notifiesAt: z.date().nullable(),
      outcome: z.string(),
      groupWaitSeconds: z.number(),
      groupIntervalSeconds: z.number(),
      repeatIntervalSeconds: z.number(),
    }),
  ),
});
export type RouteTest = z.infer<typeof RouteTest>;
