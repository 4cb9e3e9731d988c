import { z } from "zod";

const segmentKinds = ["version", "arm", "provider", "caller", "input", "violation"] as const;
export type SegmentKind = (typeof segmentKinds)[number];

const Share = z.object({ share: z.number(), low: z.number(), high: z.number() });

/** A part of the traffic that has more of what is bad than of all. Shares from 0 to 1 with Wilson's interval. */
export const Segment = z.object({
  kind: z.enum(segmentKinds),
  /** "caller = checkout". */
  name: z.string(),
  /** What stands behind the equals sign. */
  value: z.string(),
  ofTraffic: Share,
  ofBad: Share,
  bad: z.number().int(),
  /** Share of its own requests that were bad, before it started and since; null with too few. */
  badBefore: z.number().nullable(),
  badNow: z.number().nullable(),
  /** In the log of predictions, for whoever wants to see them. */
  href: z.string().nullable(),
});
export type Segment = z.infer<typeof Segment>;

export const TriageSegments = z.object({
  rows: z.array(Segment),
  /** Bad and other requests that were looked at. */
  bad: z.number().int(),
  seen: z.number().int(),
  /** Failed requests by status, most first. */
  statuses: z.array(z.object({ status: z.number().int(), count: z.number().int() })),
  /** Why there are no rows; null where there are. */
  why: z.string().nullable(),
});
export type TriageSegments = z.infer<typeof TriageSegments>;
