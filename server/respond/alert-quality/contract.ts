import { z } from "zod";
import { Verdict } from "../../alerting/alerts/contract.ts";

/** Feedback on a group; each group has one, and new feedback replaces it. */
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
  /** Reason in one sentence. */
  words: z.string(),
});
export type RuleSuggestion = z.infer<typeof RuleSuggestion>;

/** Feedback on a rule's notifications (docs/spec/alerting.md section 16), of the last 30 days unless stated otherwise. */
export const RuleQuality = z.object({
  /** "slo:<id>", "rule:<id>" or "external:<alertname>". */
  ruleKey: z.string(),
  /** For people; that of the alerts for rules from outside. */
  name: z.string(),
  /** Address of the rule on this host; null for rules from outside. */
  href: z.string().nullable(),
  severity: z.string(),
  /** Number of groups that started. */
  groups: z.number().int(),
  verdicts: z.record(Verdict, z.number().int()),
  /** Number of groups without feedback. */
  unrated: z.number().int(),
  /** Start of the newest of those groups. */
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
  /** Ordered by number of groups, highest first. */
  rules: z.array(RuleQuality),
  /** Number of pages of all rules, and of those in sleep hours. */
  pages: z.number().int(),
  nightPages: z.number().int(),
  /** Pages per person and shift, which should be at most two; null where no one was on call. */
  pagesPerShift: z.number().nullable(),
  /** Incidents without a page within 10 minutes of their start. */
  missed: z.object({ missed: z.number().int(), incidents: z.number().int(), recall: z.number().nullable() }),
});
export type AlertQuality = z.infer<typeof AlertQuality>;

/** Hours without sleep weigh more than others: from this one on, until that one. */
export const sleepHours = { from: 22, until: 7 } as const;
