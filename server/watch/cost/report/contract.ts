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

/** What something cost in a month so far. Money is in the report's currency; null means no value. */
export const CostRow = z.object({
  key: z.string(),
  /** "none" is what belongs to no team. */
  kind: z.enum(["endpoint", "team", "machine", "storage", "training", "none"]),
  name: z.string(),
  spent: z.number(),
  /** Of all that was spent. */
  share: z.number().nullable(),
  /** Requests that got an answer, shadow left out. */
  answered: z.number().nullable(),
  perThousand: z.number().nullable(),
  /** Of sampled answers with a label, how many there are and the share that was right. */
  labelled: z.number().int().nullable(),
  correctShare: z.number().nullable(),
  perThousandCorrect: z.number().nullable(),
  /** What the whole month will have cost. */
  forecast: Forecast.nullable(),
  budget: z.number().nullable(),
  /** Spent in each of the last six weeks, oldest first; null before anything was metered. */
  weeks: z.array(z.number().nullable()),
  /** Spent in as many days of the month before. */
  before: z.number().nullable(),
  /** Of what its machines cost, the share in which they ran models. */
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
  /** In which its days begin. */
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
  /** What keeps these numbers from being whole, in words. */
  problems: z.array(z.string()),
});
export type CostReport = z.infer<typeof CostReport>;
