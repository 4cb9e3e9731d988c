import { z } from "zod";
import { ReleaseOutcome } from "#server/release/outcomes/contract.ts";
import { Figure, PortfolioRow, ReportPeriod, ReportRisk, ReportState, ReportTrend, SentencePart } from "../contract.ts";

/** All facts reported about a week, a month or a quarter. Times in milliseconds since 1970. */
export const ReportFacts = z.object({
  period: ReportPeriod,
  /** "2026-W19". */
  name: z.string(),
  /** "Week 19". */
  title: z.string(),
  /** "4–10 May 2026". */
  days: z.string(),
  from: z.number(),
  to: z.number(),
  asOf: z.number(),
  /** Whether the period has not ended. */
  isPartial: z.boolean(),
  timeZone: z.string(),
  /** Effect of a time zone with a half-hour offset on hourly sums; "" where there is none. */
  edges: z.string().default(""),
  /** Names of the adjacent periods; `next` is null until the next one has started. */
  previous: z.string(),
  next: z.string().nullable(),
  sentence: z.array(SentencePart),
  objectives: z.object({
    met: Figure,
    /** One a model with an objective, best first. */
    models: z.array(z.object({ model: z.string(), state: ReportState })),
  }),
  budgets: z.object({
    /** Worst first, at most four; `objective` is the name of the model's objective. */
    rows: z.array(
      z.object({
        model: z.string(),
        objective: z.string(),
        state: ReportState,
        /** Word of the state: "On pace". Absent in reports that an older release has stored. */
        word: z.string().optional(),
        left: Figure,
        href: z.string(),
      }),
    ),
    /** Models that are not among the rows, and below what none of them lies. */
    more: z.number().int(),
    least: z.string().nullable(),
  }),
  incidents: z.object({
    count: Figure,
    severities: z.array(z.object({ severity: z.string(), count: z.number().int() })),
    customerMinutes: Figure,
  }),
  response: z.object({ detect: Figure, acknowledge: Figure, restore: Figure }),
  spend: z.object({
    /** "May". */
    month: z.string(),
    spent: Figure,
    budget: Figure,
    forecast: Figure,
    /** "4% under", "12% over"; "" without a budget. */
    verdict: z.string(),
    state: ReportState,
  }),
  unitCost: z.object({ predictions: Figure, correct: Figure }),
  /** Worst first. */
  portfolio: z.array(PortfolioRow),
  releases: z.object({
    released: Figure,
    rolledBack: Figure,
    /** Twelve periods, oldest first. */
    buckets: z.array(z.object({ name: z.string(), released: z.number().int(), rolledBack: z.number().int() })),
    /** Newest first, of this period. */
    latest: z.array(ReleaseOutcome),
  }),
  /** Cycles that ended, and those of them whose candidate was adopted. Absent in reports that an older release has stored. */
  retraining: z.object({ cycles: Figure, adopted: Figure }).optional(),
  /** Game days that were held, and those of them that confirmed their hypothesis. Absent in reports that an older release has stored. */
  gameDays: z.object({ held: Figure, confirmed: Figure }).optional(),
  /** Models with the most informative trends, at most four. */
  trends: z.array(ReportTrend),
  /** Most urgent first, at most five. */
  risks: z.array(ReportRisk),
});
export type ReportFacts = z.infer<typeof ReportFacts>;
