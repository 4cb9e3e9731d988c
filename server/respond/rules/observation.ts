import type { Labels } from "../../alerting/alerts/contract.ts";

/** A rule as far as observing needs it. */
export interface ObservedRule {
  endpointId: string | null;
  /** What happened before is none of its business. */
  createdAt: Date;
}

/** What one look at one thing found. */
export interface Observation {
  /** What it is: id of the endpoint, rollout, run or SLO, or a word. Its standing is kept under it. */
  part: string;
  /** That thing for people. */
  title: string;
  /** Whether the condition of the rule holds; null where it cannot be known. */
  isTrue: boolean | null;
  value: number | null;
  limit: number | null;
  /** The finding in a sentence. */
  words: string;
  /** Who the alert is about, besides the name and severity of the rule. */
  labels: Labels;
  endpointId: string | null;
  /** Since when it is so, ms since 1970, where that is on record; else it is when the rule saw it. */
  since?: number;
}
