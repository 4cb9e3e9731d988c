import { z } from "zod";

export const reportPeriods = ["week", "month", "quarter"] as const;
export const ReportPeriod = z.enum(reportPeriods);
export type ReportPeriod = z.infer<typeof ReportPeriod>;

/** "2026-W19", "2026-05" or "2026-Q2"; defaults to the current period. */
export const GetReport = z.object({
  period: ReportPeriod.default("week"),
  name: z
    .string()
    .regex(
      /^\d{4}-(W\d{2}|Q[1-4]|\d{2})$/,
      "Use a week such as 2026-W19, a month such as 2026-05 or a quarter such as 2026-Q2.",
    )
    .optional(),
});
export type GetReport = z.input<typeof GetReport>;

/** Result compared with an objective at the end of a period. */
export const ReportState = z.enum(["on-target", "watch", "missed", "no-data"]);
export type ReportState = z.infer<typeof ReportState>;

/** Number with its formatted text, which is the same everywhere: tile, cell, sentence, drawer, response, print and email. */
export const Figure = z.object({
  /** "objectives.met", "cell.churn.quality": the address of its drawer. */
  id: z.string(),
  /** Key of reportDefinitions. */
  definition: z.string(),
  value: z.number().nullable(),
  /** The value as it is shown, rounded once; "no value" without one. */
  text: z.string(),
  /** Words after it: "of 7", "min to find"; "" without. */
  unit: z.string(),
  /** Figure of the previous period; null where it was not known. */
  before: z.object({ value: z.number(), text: z.string() }).nullable(),
  /** Basis of the figure: "12,345 requests", "median of 3 incidents"; "" without. */
  basis: z.string(),
  /** Interval of an estimate: the range that contains it in `level` of all cases. */
  interval: z.object({ low: z.string(), high: z.string(), level: z.number() }).nullable(),
  /** Later than this nothing was known, in milliseconds since 1970. */
  knownUntil: z.number(),
  /** Short reason why there is no value: "no objective", "labels due"; null with one. */
  reason: z.string().nullable(),
  /** URL of the underlying rows. */
  href: z.string(),
});
export type Figure = z.infer<typeof Figure>;

/** Part of the sentence. One with a URL links to its rows; one with a figure contains that figure's text. */
export const SentencePart = z.object({
  text: z.string(),
  href: z.string().optional(),
  figure: z.string().optional(),
});
export type SentencePart = z.infer<typeof SentencePart>;

export const portfolioColumns = ["reliability", "quality", "freshness", "fairness", "cost"] as const;
export type PortfolioColumn = (typeof portfolioColumns)[number];

export const PortfolioCell = z.object({
  column: z.enum(portfolioColumns),
  state: ReportState,
  /** Word of the state, where an SLO decides it: "On pace". */
  word: z.string().optional(),
  figure: Figure,
});
export type PortfolioCell = z.infer<typeof PortfolioCell>;

export const PortfolioRow = z.object({
  /** Endpoint, or the service of SLOs without one. */
  model: z.string(),
  href: z.string(),
  state: ReportState,
  cells: z.array(PortfolioCell),
});
export type PortfolioRow = z.infer<typeof PortfolioRow>;

export const ReportTrend = z.object({
  model: z.string(),
  /** Metric of the trend: "right answers", "macro F1". */
  measure: z.string(),
  href: z.string(),
  now: Figure,
  objective: z.object({ value: z.number(), text: z.string() }).nullable(),
  /** One a period, oldest first; null is a gap. */
  points: z.array(z.object({ name: z.string(), value: z.number().nullable(), isEstimated: z.boolean() })),
  /** From this point on labels still come; null where all have. */
  dueFrom: z.number().int().nullable(),
});
export type ReportTrend = z.infer<typeof ReportTrend>;

/** Upcoming risk, with its owner. */
export const ReportRisk = z.object({
  words: z.string(),
  /** Null without an owner, which is displayed. */
  owner: z.string().nullable(),
  dueOn: z.iso.date().nullable(),
  state: ReportState,
  href: z.string(),
});
export type ReportRisk = z.infer<typeof ReportRisk>;
