import { z } from "zod";

const segmentKinds = ["version", "arm", "provider", "caller", "input", "violation"] as const;
export type SegmentKind = (typeof segmentKinds)[number];

const Share = z.object({ share: z.number(), low: z.number(), high: z.number() });

/** A part of the traffic that has more of what is bad than of all. Shares from 0 to 1 with Wilson's interval. */
export const Segment = z.object({
  kind: z.enum(segmentKinds),
  /** "caller = checkout". */
  name: z.string(),
  /** Text after the equals sign. */
  value: z.string(),
  ofTraffic: Share,
  ofBad: Share,
  bad: z.number().int(),
  /** Share of the segment's requests that were bad, before and since the start; null with too few requests. */
  badBefore: z.number().nullable(),
  badNow: z.number().nullable(),
  /** URL of the requests in the prediction log. */
  href: z.string().nullable(),
});
export type Segment = z.infer<typeof Segment>;

export const TriageSegments = z.object({
  rows: z.array(Segment),
  /** Number of bad requests and of others that were evaluated. */
  bad: z.number().int(),
  seen: z.number().int(),
  /** Failed requests by status, the most frequent first. */
  statuses: z.array(z.object({ status: z.number().int(), count: z.number().int() })),
  /** Reason why there are no rows; null where there are. */
  why: z.string().nullable(),
});
export type TriageSegments = z.infer<typeof TriageSegments>;
