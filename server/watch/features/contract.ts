import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";

/** Look-ups of a view, one per row of a request, by what was found. */
const LookUpCounts = z.object({
  lookUps: z.number(),
  /** Rows that count. */
  found: z.number(),
  /** Rows older than the TTL of the view. */
  stale: z.number(),
  /** Keys without a row. */
  missing: z.number(),
});
export type LookUpCounts = z.infer<typeof LookUpCounts>;

/** Quantiles in milliseconds, at most 19% from the exact value; null without any. */
const Quantiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() });
export type Quantiles = z.infer<typeof Quantiles>;

const ViewServing = LookUpCounts.extend({
  /** Rows that count and lack a value that was asked for. */
  nulls: z.number(),
  /** Rows whose event time was in the future. */
  clockAhead: z.number(),
  /** Age of rows when they were looked up. */
  ageMs: Quantiles,
  /** Share of the rows found that were not older than the TTL; null without any. */
  withinShare: z.number().nullable(),
});

const ViewArrival = z.object({
  /** Rows that became the newest of their keys. */
  written: z.number(),
  /** Rows that did not: late ones, and what was written to the history only. */
  older: z.number(),
  /** Rows that were refused because a cell broke the contract. */
  rejected: z.number(),
  /** Time from event to arrival. */
  latenessMs: Quantiles,
});

export const ViewPoint = LookUpCounts.extend({
  /** Start, in milliseconds since 1970. */
  at: z.number(),
  ageMs: Quantiles,
  written: z.number(),
  rejected: z.number(),
  /** Greatest time between the end of a minute and the newest event then, in milliseconds; null where it is not known. */
  lagMs: z.number().nullable(),
});
export type ViewPoint = z.infer<typeof ViewPoint>;

export const ViewConsumer = LookUpCounts.extend({
  /** Id of the endpoint; null for clients. */
  endpointId: z.string().nullable(),
  /** Its name; null for clients, and for an endpoint that was deleted. */
  endpoint: z.string().nullable(),
  ageMs: Quantiles,
});
export type ViewConsumer = z.infer<typeof ViewConsumer>;

/** How fresh a view was in a time range, when it was served and at its source. */
export const ViewWatch = z.object({
  view: z.string(),
  viewId: z.uuid(),
  from: z.date(),
  to: z.date(),
  serving: ViewServing,
  arrival: ViewArrival,
  /** Greatest event time known, in microseconds since 1970; null before the first row. */
  newestEventAt: z.number().nullable(),
  /** Time between now and the newest event, in milliseconds. */
  lagMs: z.number().nullable(),
  /** Length of each point, in milliseconds. */
  stepMs: z.number(),
  points: z.array(ViewPoint),
  /** Those that looked up most first. */
  consumers: z.array(ViewConsumer),
});
export type ViewWatch = z.infer<typeof ViewWatch>;

/** A view in a list. */
export const ViewWatchSummary = LookUpCounts.extend({
  view: z.string(),
  viewId: z.uuid(),
  ageMs: Quantiles,
  withinShare: z.number().nullable(),
  written: z.number(),
  rejected: z.number(),
  newestEventAt: z.number().nullable(),
  lagMs: z.number().nullable(),
});
export type ViewWatchSummary = z.infer<typeof ViewWatchSummary>;

/** Omitted, the range is the last day. */
const range = { from: Instant.optional(), to: Instant.optional() };

export const GetViewWatch = z.object({ view: z.string().max(limits.nameLength), ...range });
export type GetViewWatch = z.input<typeof GetViewWatch>;

export const ListViewWatch = z.object({
  ...range,
  /** Look-ups of this endpoint only; arrivals are not counted then. */
  endpointId: z.uuid().optional(),
});
export type ListViewWatch = z.input<typeof ListViewWatch>;

export const ProposeViewLimit = z.object({
  viewId: z.uuid(),
  indicator: z
    .enum(["view-lag", "feature-freshness"])
    .default("view-lag")
    .describe("Limited value: the lag of the view, or the age of rows at look-up."),
  endpointId: z.uuid().optional().describe("Look-ups of this endpoint only, for the age of rows."),
});
export type ProposeViewLimit = z.input<typeof ProposeViewLimit>;

/** A limit for the lag of a view, or for the age of its rows when they are looked up. */
export const ViewLimitProposal = z.object({
  indicator: z.enum(["view-lag", "feature-freshness"]),
  /** Minutes of the last two weeks in which the lag is known, or look-ups that found a row. */
  counted: z.number(),
  /** 99th percentile of the lag of minutes, or of ages at look-up; null without any. */
  p99Ms: z.number().nullable(),
  /** The same, rounded up; null where too little was counted. */
  limitMs: z.number().nullable(),
});
export type ViewLimitProposal = z.infer<typeof ViewLimitProposal>;

/** Findings of a view, or of all; the open ones unless `state` is "all". */
export const ListViewFindings = z.object({
  view: z.string().max(limits.nameLength).optional(),
  state: z.enum(["open", "all"]).default("open"),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type ListViewFindings = z.input<typeof ListViewFindings>;

/** What is wrong with a view. */
export const ViewFinding = z.object({
  id: z.uuid(),
  view: z.string(),
  kind: z
    .string()
    .describe("Such as source-late, materialisation-failed, materialisation-late, values-changed, clock-ahead."),
  /** "" if it concerns the view as a whole. */
  feature: z.string(),
  severity: z.enum(["page", "ticket"]),
  /** One sentence with its numbers. */
  words: z.string(),
  /** What to do; "" where it is not known. */
  advice: z.string(),
  section: z.string().describe('Section of the feature store guide, such as late-sources; "" if none.'),
  openedAt: z.date(),
  seenAt: z.date(),
  closedAt: z.date().nullable(),
});
export type ViewFinding = z.infer<typeof ViewFinding>;
