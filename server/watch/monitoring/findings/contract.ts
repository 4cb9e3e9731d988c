import { z } from "zod";
import { dayMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import { Finding, Watcher } from "../contract.ts";

/** Finding of one evaluation by a watcher. */
export const NewFinding = z.object({
  /** Canonical subject: the same in every evaluation while the finding lasts. */
  key: z.string().min(1).max(500),
  /** In a word or two: "missing values", "unit changed", "drift". */
  kind: z.string().min(1).max(60),
  feature: z.string().max(300).default(""),
  segment: z.string().max(300).default(""),
  versionId: z.uuid().nullable().default(null),
  severity: z.enum(["page", "ticket", "note"]),
  /** One sentence with its numbers (docs/spec/boards.md section 5). */
  words: z.string().min(1).max(1500),
  evidence: z.record(z.string(), z.unknown()).default({}),
});
export type NewFinding = z.input<typeof NewFinding>;
export type FoundFinding = z.output<typeof NewFinding>;

export const SettleFindings = z.object({
  endpointId: z.uuid(),
  watcher: Watcher,
  findings: z.array(NewFinding).max(5000),
  /** Milliseconds since 1970; the clock when left out. */
  now: z.number().optional(),
  /** Time that a finding stays open after it was last found; `holdMs` of its watcher when omitted; 0 closes it at once. */
  holdMs: z.number().min(0).optional(),
  /** Prefixes of keys that could not be evaluated: open findings with them stay open. Null evaluates all. */
  unknown: z.array(z.string()).nullish(),
  /** Keys with this prefix concern a past event, unless they have the other prefix: they have no hold time. */
  over: z.object({ prefix: z.string().min(1), unless: z.string().min(1).nullable() }).optional(),
});
export type SettleFindings = z.input<typeof SettleFindings>;

export interface SettledFindings {
  opened: number;
  kept: number;
  closed: number;
}

/**
 * Time that a finding stays open after it was last found. Drift and estimates end after 24 hours without it, so that alarms of one
 * feature within an episode count once (docs/spec/drift.md section 7); data checks that pass again close at once.
 */
export const holdMs: Record<Watcher, number> = {
  integrity: 0,
  skew: 0,
  quality: 0,
  drift: dayMs,
  estimate: dayMs,
  fairness: dayMs,
  consistency: 0,
  cost: 0,
};

/** Time after closing within which a recurring finding is reopened as the same one. */
export const episodeMs = dayMs;

/** Watchers whose findings may page; the others are for office hours (docs/spec/alerting.md section 17). */
export const mayPage: readonly Watcher[] = ["integrity", "skew", "quality"];

/** Name of the alerts of a watcher, by which routes and silences know them. */
export const alertNames: Record<Watcher, string> = {
  integrity: "DataIntegrity",
  skew: "FeatureSkew",
  quality: "RealisedQuality",
  drift: "Drift",
  estimate: "EstimatedQuality",
  fairness: "Fairness",
  consistency: "Consistency",
  cost: "Spend",
};

/** Newest first. */
export const ListFindings = z.object({
  endpointId: z.uuid().optional(),
  watchers: z.array(Watcher).default([]),
  feature: z.string().max(300).optional(),
  /** "all" are also those that are over. */
  state: z.enum(["open", "all"]).default("open"),
  /** Start of the time range in which findings were open. */
  from: Instant.optional(),
  to: Instant.optional(),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type ListFindings = z.input<typeof ListFindings>;

export const Findings = z.object({ findings: z.array(Finding) });
