import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import { Indicator } from "./indicators/contract.ts";

export const Period = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rolling"), days: z.number().int().min(1).max(90) }),
  /** Calendar period, which restarts with each week, month or quarter of a time zone. */
  z.object({
    kind: z.literal("calendar"),
    unit: z.enum(["week", "month", "quarter"]),
    timeZone: z.string().max(limits.nameLength),
  }),
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
  /** Minutes that the condition must hold before it fires. */
  forMinutes: z.number().int().min(0).default(0),
});
export type BurnTier = z.infer<typeof BurnTier>;

/** Burn-rate rules. Windows are data; `standardTiers(period)` returns the workbook's. */
export const BurnRules = z.object({
  tiers: z.array(BurnTier).max(12),
  /**
   * Significance gate: maximum probability of this many bad events if the target were met exactly, which a rule requires to fire; null
   * disables it.
   */
  gate: z.number().min(1e-9).max(0.5).nullable().default(1e-3),
  /** Highest share of bad events that a factor may ask for. */
  cap: z.number().min(0.1).max(1).default(0.9),
  /** Notifies when nothing is counted at a time when there usually is traffic; null disables it. */
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

/** Complete definition of an SLO, as stored in revisions and OpenSLO files. */
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
  labels: boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.nameLength)).default({}),
  /**
   * Whether changes to the endpoint are frozen when its budget is exhausted (docs/spec/slo.md section 7). Never for kinds that only open
   * tickets.
   */
  freezes: z.boolean().default(true),
  /** Contents of a file that Leeway does not support, by path; stored so that the export contains them again. */
  foreign: boundedRecord(z.string().max(limits.nameLength), z.unknown()).default({}),
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
  /** Wilson interval; set only with fewer than 10,000 events. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Share of the budget that is left; below 0 it is overspent; null without any. */
  remaining: z.number().nullable(),
  band: BudgetBand,
  /** Bad events that may still come before the target is missed, if the period's total stays as it is. */
  allowed: z.number().nullable(),
  /** Share that would remain if the budget were spent evenly; null for rolling periods. */
  evenPace: z.number().nullable(),
  /** Over the last hour, scaled as the first tier's long window. Null without traffic. */
  burnRate: z.number().nullable(),
  /** Time at which the budget is exhausted at this rate; null if it will not be, or already is. */
  exhaustedAt: z.number().nullable(),
  periodStart: z.number(),
  /** Null for rolling periods. */
  periodEnd: z.number().nullable(),
});
export type BudgetReading = z.infer<typeof BudgetReading>;

/** State of one tier with all values that decide it: it explains why the tier fires or not. */
export const TierReading = z.object({
  tier: BurnTier,
  /** After the cap. */
  factor: z.number(),
  isCapped: z.boolean(),
  long: z.number().nullable(),
  short: z.number().nullable(),
  /** Events in the short window. Absent where the tier has none, and in states of older versions. */
  shortTotal: z.number().optional(),
  /** Bad events in the long window. */
  bad: z.number(),
  total: z.number(),
  /** P(X ≥ bad) of a service that meets its target exactly; null where it was not computed. */
  chance: z.number().nullable(),
  /** How clustered bad events are, variance by mean: about 3 if failures come in threes. Absent in states of older versions. */
  dispersion: z.number().optional(),
  passesGate: z.boolean(),
  isFiring: z.boolean(),
});
export type TierReading = z.infer<typeof TierReading>;

/** State of an SLO at the worker's last evaluation. */
export const SloState = z.object({
  at: z.number(),
  budget: BudgetReading,
  tiers: z.array(TierReading),
  absent: z
    .object({
      isAbsent: z.boolean(),
      minutes: z.number(),
      usual: z.number().nullable(),
      /** Why silence cannot be detected at any time, and the hours that it would take if known; absent in states of older versions. */
      untestable: z
        .object({ reason: z.enum(["new", "thin", "irregular"]), hours: z.number().nullable() })
        .nullable()
        .optional(),
    })
    .nullable(),
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

/** Result of replaying rules over stored minutes (docs/spec/slo.md section 8). */
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
  /** Remaining budget and error rate, at most 400 points. */
  chart: z.array(z.object({ at: z.number(), remaining: z.number().nullable(), errorRate: z.number().nullable() })),
  isApproximate: z.boolean(),
  words: z.string(),
});
export type ReplayReport = z.infer<typeof ReplayReport>;

/** Whether a change to an endpoint may proceed (docs/spec/slo.md section 7). */
export const GateResult = z.object({
  allow: z.boolean(),
  band: BudgetBand,
  remaining: z.number().nullable(),
  /** SLO with the least remaining budget; null without an SLO. */
  sloId: z.uuid().nullable(),
  /** For people. */
  reason: z.string(),
  /** End of the approval that allows the change. */
  until: z.date().nullable(),
  approvedBy: z.string().nullable(),
});
export type GateResult = z.infer<typeof GateResult>;

/** How an SLO stands, in one word: the same on its page, in lists, on the overview, in the weekly email and in the API. */
export const SloCondition = z.object({
  state: z.enum(["on-target", "watch", "missed", "no-data", "paused"]),
  /** "On pace", "Exhausted in 2 d 2 h", "Exhausted". */
  word: z.string(),
});
export type SloCondition = z.infer<typeof SloCondition>;
