import { z } from "zod";
import { Month } from "../budgets/contract.ts";
import { Forecast } from "../spending/contract.ts";

export const costGroups = ["model", "team", "machine"] as const;
export const CostGroup = z.enum(costGroups);
export type CostGroup = z.infer<typeof CostGroup>;

export const GetCosts = z.object({
  /** In the time zone of the workspace; the present one when left out. */
  month: Month.optional(),
  by: CostGroup.default("model"),
});
export type GetCosts = z.input<typeof GetCosts>;

/** Costs of one item in the month to date. Amounts are in the report's currency; null means no value. */
export const CostRow = z.object({
  key: z.string(),
  /** "none" is what belongs to no team. */
  kind: z.enum(["endpoint", "team", "machine", "storage", "training", "none"]),
  name: z.string(),
  spent: z.number(),
  /** Share of the total spend. */
  share: z.number().nullable(),
  /** Requests that received an output, excluding shadow. */
  answered: z.number().nullable(),
  perThousand: z.number().nullable(),
  /** Number of sampled predictions with a label, and the share of them that is correct. */
  labelled: z.number().int().nullable(),
  correctShare: z.number().nullable(),
  perThousandCorrect: z.number().nullable(),
  /** Forecast for the complete month. */
  forecast: Forecast.nullable(),
  budget: z.number().nullable(),
  /** Spent in each of the last six weeks, oldest first; null before anything was metered. */
  weeks: z.array(z.number().nullable()),
  /** Spent in as many days of the month before. */
  before: z.number().nullable(),
  /** Share of the cost of its machines during which they ran models. */
  busy: z.number().nullable(),
  /** Yesterday, where it was unlike the days before. */
  unusual: z.object({ day: z.string(), spent: z.number(), expected: z.number() }).nullable(),
});
export type CostRow = z.infer<typeof CostRow>;

/** Part of a sentence; one with an address is a link to what it speaks of. */
export const SentencePart = z.object({ text: z.string(), href: z.string().nullable() });
export type SentencePart = z.infer<typeof SentencePart>;

export const CostReport = z.object({
  month: z.string(),
  by: CostGroup,
  /** ISO 4217; null where nothing has a price. */
  currency: z.string().nullable(),
  /** Time zone of the days. */
  timeZone: z.string(),
  /** First and last day that is counted, the last one perhaps in part. */
  firstDay: z.string(),
  lastDay: z.string(),
  /** Up to when usage was metered. */
  asOf: z.date().nullable(),
  sentence: z.array(SentencePart),
  /** First moment of the month. */
  startsAt: z.date(),
  /** Summed up by day; a sum holds at the end of its day. */
  spent: z.array(z.object({ day: z.string(), endsAt: z.date(), value: z.number() })),
  ahead: z.array(Forecast.extend({ day: z.string(), endsAt: z.date() })),
  total: CostRow,
  /** The dearest first, what is no model or team last. */
  rows: z.array(CostRow),
  /** Reasons why these numbers are incomplete, as sentences. */
  problems: z.array(z.string()),
});
export type CostReport = z.infer<typeof CostReport>;
