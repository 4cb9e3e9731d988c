import { z } from "zod";
import { Indicator } from "./indicators/contract.ts";

export const Period = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rolling"), days: z.number().int().min(1).max(90) }),
  /** Starts afresh with each month or quarter of a place. */
  z.object({ kind: z.literal("calendar"), unit: z.enum(["week", "month", "quarter"]), timeZone: z.string() }),
]);
export type Period = z.infer<typeof Period>;

/** docs/spec/slo.md section 1. */
export const Budgeting = z.discriminatedUnion("method", [
  z.object({ method: z.literal("occurrences") }),
  z.object({
    method: z.literal("timeslices"),
    sliceMinutes: z.number().int().min(1).max(1440),
    sliceTarget: z.number().min(0).max(1),
  }),
  z.object({ method: z.literal("ratio-timeslices"), sliceMinutes: z.number().int().min(1).max(1440) }),
]);
export type Budgeting = z.infer<typeof Budgeting>;

const alertSeverities = ["page", "ticket"] as const;
export const AlertSeverity = z.enum(alertSeverities);
export type AlertSeverity = z.infer<typeof AlertSeverity>;

/** One pair of windows; fires while both burn faster than the factor. Without a short window, the long one alone. */
export const BurnTier = z.object({
  severity: AlertSeverity,
  longMinutes: z.number().int().min(1),
  shortMinutes: z.number().int().min(1).nullable(),
  factor: z.number().positive(),
  /** How long it must hold before it fires. */
  forMinutes: z.number().int().min(0).default(0),
});
export type BurnTier = z.infer<typeof BurnTier>;

/** Windows are data; `standardTiers(period)` gives the workbook's. */
export const BurnRules = z.object({
  tiers: z.array(BurnTier).max(12),
  /** A rule also needs that so many bad events are less likely than this where the target is met exactly; null asks nothing. */
  gate: z.number().min(1e-9).max(0.5).nullable().default(1e-3),
  /** Highest share of bad events that a factor may ask for. */
  cap: z.number().min(0.1).max(1).default(0.9),
  /** Tells when nothing is counted any more where usually something is; null does not. */
  absent: z.object({ severity: AlertSeverity, minutes: z.number().int().min(1).nullable().default(null) }).nullable(),
});
export type BurnRules = z.infer<typeof BurnRules>;

/** docs/spec/slo.md section 9. Parts keep their own targets, and have the same period and budgeting. */
export const Composite = z.object({
  mode: z.enum(["openslo", "weighted", "worst"]),
  parts: z
    .array(z.object({ sloId: z.uuid(), weight: z.number().positive().default(1) }))
    .min(2)
    .max(20),
});
export type Composite = z.infer<typeof Composite>;

const Target = z.number().min(0).lt(1);

/** What an SLO promises, all of it: this is what revisions keep and OpenSLO files say. */
export const SloDefinition = z.object({
  displayName: z.string().trim().max(200).default(""),
  description: z.string().trim().max(1050).default(""),
  /** OpenSLO's word for what the promise is about; the endpoint's name where there is one. */
  service: z.string().trim().min(1).max(63),
  target: Target,
  period: Period,
  budgeting: Budgeting.default({ method: "occurrences" }),
  /** Exactly one of indicator and composite. */
  indicator: Indicator.nullable(),
  composite: Composite.nullable().default(null),
  rules: BurnRules,
  labels: z.record(z.string(), z.string()).default({}),
  /** Whether changes to the endpoint stop when its budget is gone (docs/spec/slo.md section 7). Never for kinds that only open tickets. */
  freezes: z.boolean().default(true),
  /** What a file said that Leeway has no word for, by path; kept so that the export says it again. */
  foreign: z.record(z.string(), z.unknown()).default({}),
});
export type SloDefinition = z.infer<typeof SloDefinition>;

const budgetBands = ["healthy", "observe", "attention", "unhealthy", "exhausted", "no-data"] as const;
export const BudgetBand = z.enum(budgetBands);
export type BudgetBand = z.infer<typeof BudgetBand>;

/** docs/spec/slo.md sections 1 and 11. Ratios from 0 to 1, times in milliseconds since 1970. */
export const BudgetReading = z.object({
  good: z.number(),
  total: z.number(),
  bad: z.number(),
  /** Good of total by the method of the SLO; null without any. */
  ratio: z.number().nullable(),
  /** Wilson's interval where there are fewer than 10,000. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Share of the budget that is left; below 0 it is overspent; null without any. */
  remaining: z.number().nullable(),
  band: BudgetBand,
  /** Bad events that may still come before the target is missed, if the period's total stays as it is. */
  allowed: z.number().nullable(),
  /** How much would be left if it were spent evenly; null for rolling periods. */
  evenPace: z.number().nullable(),
  /** Over the last hour, scaled as the first tier's long window. Null without traffic. */
  burnRate: z.number().nullable(),
  /** When it is gone at this rate; null when it is not, or already. */
  exhaustedAt: z.number().nullable(),
  periodStart: z.number(),
  /** Null for rolling periods. */
  periodEnd: z.number().nullable(),
});
export type BudgetReading = z.infer<typeof BudgetReading>;

/** One tier as it stands, with all that decides it: this is the trace of why it fires or not. */
export const TierReading = z.object({
  tier: BurnTier,
  /** After the cap. */
  factor: z.number(),
  isCapped: z.boolean(),
  long: z.number().nullable(),
  short: z.number().nullable(),
  /** Of the long window. */
  bad: z.number(),
  total: z.number(),
  /** P(X ≥ bad) of a service that meets its target exactly; null where it was not computed. */
  chance: z.number().nullable(),
  passesGate: z.boolean(),
  isFiring: z.boolean(),
});
export type TierReading = z.infer<typeof TierReading>;

/** How an SLO stood when the worker looked last. */
export const SloState = z.object({
  at: z.number(),
  budget: BudgetReading,
  tiers: z.array(TierReading),
  absent: z.object({ isAbsent: z.boolean(), minutes: z.number(), usual: z.number().nullable() }).nullable(),
  /** Predictions that wait for their labels and count nowhere; null for other kinds. */
  pending: z.number().nullable(),
  /** Up to when it is known: later than this nothing is mature. Null for kinds without maturity. */
  knownUntil: z.number().nullable(),
  /** Remaining budget over the period for small charts, at most 60 points. */
  spark: z.array(z.number().nullable()),
  /** The facts in the sentences of docs/spec/slo.md section 12. */
  words: z.array(z.string()),
});
export type SloState = z.infer<typeof SloState>;

/** What the replay of rules over stored minutes found (docs/spec/slo.md section 8). */
export const ReplayReport = z.object({
  from: z.number(),
  to: z.number(),
  /** Minutes with any traffic. */
  minutes: z.number().int(),
  pages: z.array(
    z.object({ from: z.number(), to: z.number().nullable(), remaining: z.number().nullable(), tier: z.number().int() }),
  ),
  tickets: z.array(
    z.object({ from: z.number(), to: z.number().nullable(), remaining: z.number().nullable(), tier: z.number().int() }),
  ),
  pageMinutes: z.number(),
  ticketMinutes: z.number(),
  /** Known incidents with and without a page within 10 minutes of their start. */
  recall: z.object({ notified: z.number().int(), incidents: z.number().int() }).nullable(),
  /** Pages that no incident was recorded for: indices into `pages`. */
  unexplained: z.array(z.number().int()),
  /** At most 400 points of the remaining budget and of the error rate. */
  chart: z.array(z.object({ at: z.number(), remaining: z.number().nullable(), errorRate: z.number().nullable() })),
  isApproximate: z.boolean(),
  words: z.string(),
});
export type ReplayReport = z.infer<typeof ReplayReport>;

/** Whether a change to an endpoint may go on (docs/spec/slo.md section 7). */
export const GateResult = z.object({
  allow: z.boolean(),
  band: BudgetBand,
  remaining: z.number().nullable(),
  /** The SLO with the least left; null where nothing is promised. */
  sloId: z.uuid().nullable(),
  /** For people. */
  reason: z.string(),
  /** End of the approval that lets it through. */
  until: z.date().nullable(),
  approvedBy: z.string().nullable(),
});
export type GateResult = z.infer<typeof GateResult>;
