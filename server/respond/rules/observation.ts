import type { Labels } from "../../alerting/alerts/contract.ts";

/** A rule as far as observing needs it. */
export interface ObservedRule {
  endpointId: string | null;
  /** Time from which events count for the rule. */
  createdAt: Date;
  /** Parts whose alert fires: a condition that may hover around its limit ends later than it began. */
  firing: ReadonlySet<string>;
}

/** Result of evaluating one subject. */
export interface Observation {
  /** Subject: id of the endpoint, rollout, run or SLO, or a word. Its state is stored under this key. */
  part: string;
  /** That thing for people. */
  title: string;
  /** Whether the condition of the rule holds; null where that is unknown. */
  isTrue: boolean | null;
  value: number | null;
  limit: number | null;
  /** The finding in a sentence. */
  words: string;
  /** What is wrong with its subject, for a title: "error rate 3.2%"; where it is missing, the title is made of the sentence. */
  effect?: string;
  /** What the title is about, if not `title`. */
  subject?: string;
  /** Labels that identify the alert's subject, besides the name and severity of the rule. */
  labels: Labels;
  endpointId: string | null;
  /** Address on this host of the page with its numbers, if there is one. */
  href?: string;
  /** How long it must hold before the rule fires, if not as long as the rule says. */
  forMs?: number;
  /** Since when it is so, ms since 1970, where that is on record; else it is when the rule saw it. */
  since?: number;
}
