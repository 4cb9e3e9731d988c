import { z } from "zod";
import { BudgetReading, Period, TierReading } from "#server/watch/objectives/contract.ts";

/** The promise that is broken, as the worker found it last. */
export const TriageSlo = z.object({
  id: z.uuid(),
  name: z.string(),
  displayName: z.string(),
  target: z.number(),
  period: Period,
  indicatorWords: z.string(),
  /** Probability below which the significance gate lets a rule fire; null without a gate. */
  gate: z.number().nullable(),
  tiers: z.array(TierReading),
  budget: BudgetReading.nullable(),
  /** Share of the budget spent since the start; null when unknown. */
  spent: z.number().nullable(),
  evaluatedAt: z.date().nullable(),
});
export type TriageSlo = z.infer<typeof TriageSlo>;

const Glance = z.object({
  requestsPerSecond: z.number().nullable(),
  /** Availability of requests, excluding client errors. */
  availability: z.number().nullable(),
  errorShare: z.number().nullable(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
export type Glance = z.infer<typeof Glance>;

const Line = z.array(z.object({ at: z.number(), bad: z.number(), total: z.number() }));

export const TriageNumbers = z.object({
  /** Description of what counts as bad: "failing", "slower than 250 ms". */
  noun: z.string(),
  from: z.number(),
  to: z.number(),
  /** Share of bad events that the target allows; null without an SLO. */
  allowed: z.number().nullable(),
  /** Counts by minute; minutes without events are omitted. */
  minutes: Line,
  /** Counts by the version that served them, the newest version first; empty where versions are not known. */
  versions: z.array(z.object({ id: z.uuid(), model: z.string(), version: z.number().int(), minutes: Line })),
  /** Since it started. */
  since: z.object({ bad: z.number(), total: z.number() }),
  /** Counts of the last five minutes that had traffic. */
  now: z.object({ bad: z.number(), total: z.number() }),
  /** Last ten minutes, and the hour before it started; null where nothing was counted. */
  glance: z.object({ now: Glance, before: Glance }).nullable(),
  /** Share of requests with sufficiently fresh features in the last hour; null without a freshness SLO. */
  freshness: z
    .object({ slo: z.string(), words: z.string(), fresh: z.number().nullable(), target: z.number() })
    .nullable(),
});
export type TriageNumbers = z.infer<typeof TriageNumbers>;
