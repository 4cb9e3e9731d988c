import type { Incident } from "../contract.ts";
import type { TimelineEvent } from "../timeline/contract.ts";

/** Alert group of an incident, as described in the draft. */
export interface DraftAlert {
  groupId: string;
  title: string;
  ruleKey: string;
  at: Date;
  verdict: string | null;
}

/** Burn rate of one linked objective around an incident. */
export interface DraftBurn {
  name: string;
  /** Highest burn rate of five minutes, and when; null without traffic. */
  peak: { rate: number; at: number } | null;
  /** Last value before the start. */
  before: number | null;
}

/** Facts that a draft is built from. */
export interface DraftFacts {
  incident: Incident;
  /** Oldest first. */
  timeline: readonly TimelineEvent[];
  alerts: readonly DraftAlert[];
  burns: readonly DraftBurn[];
  /** Milliseconds from each change to the start, likeliest first: events of the timeline. */
  changes: readonly { event: TimelineEvent; beforeStartMs: number }[];
  actions: readonly { title: string; kind: string; owner: string | null; dueOn: string | null; isDone: boolean }[];
}
