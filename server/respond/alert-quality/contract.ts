import { z } from "zod";
import { Verdict } from "../../alerting/alerts/contract.ts";

/** One a group; another one takes its place. */
export const SubmitFeedback = z.object({ groupId: z.uuid(), verdict: Verdict });
export type SubmitFeedback = z.input<typeof SubmitFeedback>;

const share = z.object({
  share: z.number(),
  /** Wilson's interval, 95%. */
  low: z.number(),
  high: z.number(),
  /** Verdicts that it is of. */
  count: z.number().int(),
});

export const RuleSuggestion = z.object({
  kind: z.enum(["make-ticket", "delete"]),
  /** Why, in a sentence. */
  words: z.string(),
});
export type RuleSuggestion = z.infer<typeof RuleSuggestion>;

/** What people thought of what a rule told them (docs/spec/alerting.md section 16), of the last 30 days unless said otherwise. */
export const RuleQuality = z.object({
  /** "slo:<id>", "rule:<id>" or "external:<alertname>". */
  ruleKey: z.string(),
  /** For people; that of the alerts for rules from outside. */
  name: z.string(),
  /** Address of the rule on this host; null for rules from outside. */
  href: z.string().nullable(),
  severity: z.string(),
  /** Groups that began. */
  groups: z.number().int(),
  verdicts: z.record(Verdict, z.number().int()),
  /** Groups nobody has judged. */
  unrated: z.number().int(),
  /** When the newest of those groups began. */
  lastAt: z.date().nullable(),
  /** Actionable of all verdicts; null without any. */
  precision: share.nullable(),
  /** Duplicates of all verdicts; null without any. */
  duplicateRate: z.number().nullable(),
  pages: z.number().int(),
  /** Pages delivered to people between 22:00 and 07:00 where they are. */
  nightPages: z.number().int(),
  /** A person decides. */
  suggestion: RuleSuggestion.nullable(),
});
export type RuleQuality = z.infer<typeof RuleQuality>;

export const AlertQuality = z.object({
  from: z.date(),
  to: z.date(),
  /** Most groups first. */
  rules: z.array(RuleQuality),
  /** Of all rules. */
  pages: z.number().int(),
  nightPages: z.number().int(),
  /** Pages to people a shift of theirs, which should be two at most; null where nobody was on call. */
  pagesPerShift: z.number().nullable(),
  /** Incidents without a page within 10 minutes of their start. */
  missed: z.object({ missed: z.number().int(), incidents: z.number().int(), recall: z.number().nullable() }),
});
export type AlertQuality = z.infer<typeof AlertQuality>;

/** Hours without sleep weigh more than others: from this one on, until that one. */
export const sleepHours = { from: 22, until: 7 } as const;
