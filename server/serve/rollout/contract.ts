import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { Evidence } from "./evidence/contract.ts";
import { GuardrailMetric, RolloutPlan } from "./plan/contract.ts";

/**
 * starting: gateways load the new version, without traffic; stepping: it gets the share of its step; watching: it serves all traffic
 * and may still be rolled back; promoted and rolled-back are final.
 */
const rolloutPhases = ["starting", "stepping", "watching", "promoted", "rolled-back"] as const;
export type RolloutPhase = (typeof rolloutPhases)[number];

/** Sums of server/stats/sequential/dispersion.ts, over pairs of neighbouring blocks of one version. */
const BurstSums = z.object({
  blocks: z.number(),
  pairs: z.number(),
  squares: z.number(),
  expected: z.number(),
  sized: z.number(),
});

/** The serving version compared with itself before the rollout: how its bad units come in bursts, and how its gateways differ. */
export const BurstRecord = z.object({
  /** Over blocks of 10 s, of a minute, and of five minutes. */
  short: BurstSums,
  minutes: BurstSums,
  fiveMinutes: BurstSums,
  /** Gateways that served it, and the standard deviation of their rates' logarithms. */
  gateways: z.number().int(),
  gatewayDeviation: z.number(),
});
export type BurstRecord = z.infer<typeof BurstRecord>;

/** A reason against a version that someone can overrule: it fails elsewhere, was rolled back here, or has a failed gate. */
export const Obstacle = z.object({
  kind: z.enum(["failing", "blocked", "gate"]),
  /** "Failing on parcel-returns". */
  title: z.string(),
  detail: z.string(),
});
export type Obstacle = z.infer<typeof Obstacle>;

/** What spoke against the version at the start, worst first, and why someone chose it anyway. */
export const ChosenAnyway = z.object({ reason: z.string(), obstacles: z.array(Obstacle) });
export type ChosenAnyway = z.infer<typeof ChosenAnyway>;

/** Facts read from the endpoint when the rollout started, unchanged until it ends. */
export const FrozenFacts = z.object({
  slowMs: z.number(),
  outcomeAgeMs: z.number(),
  /** Upper bounds of all bins of a predicted number, except the last; null for predicted classes. */
  outputBins: z.array(z.number()).nullable(),
  /** Output whose numbers are binned; null uses the predicted class. */
  binnedOutput: z.string().nullable(),
  /** Number of bins for classes; absent if it is not known, or no logged predictions show it. */
  outputBinCount: z.number().int().min(1).optional(),
  /** Number of bins for predicted classes; absent if unknown, or if no logged request shows what is predicted. */
  costClip: z.number().positive().optional(),
  /** Requests per second of the last hour; null without any. */
  requestsPerSecond: z.number().nullable(),
  /** Purpose of the change, as its author stated it; absent in rollouts older than this field. */
  purpose: ChangePurpose.optional(),
  /** Absent if nothing spoke against the version, and in rollouts older than this field. */
  chosenAnyway: ChosenAnyway.optional(),
  /** Shares of bad units of the version before, by metric, over the last day; the record that the watch period is held against. */
  record: z.partialRecord(GuardrailMetric, z.object({ units: z.number(), events: z.number() })),
  /** The same for bursts; absent in rollouts older than this field, whose units count as independent. */
  bursts: z.partialRecord(GuardrailMetric, BurstRecord).optional(),
  /**
   * Upper bounds of the same shares for each hour of the week, from Monday 0:00 UTC: traffic has seasons, and the mean of a day is no
   * limit for an hour. Absent in rollouts older than this field, and for metrics without enough traffic by hour.
   */
  recordByHour: z.partialRecord(GuardrailMetric, z.array(z.number()).length(168)).optional(),
});
export type FrozenFacts = z.infer<typeof FrozenFacts>;

/** Counts of a metric at one time during monitoring. */
const WatchMark = z.object({
  metric: GuardrailMetric,
  arm: z.enum(["canary", "pair"]),
  units: z.number(),
  events: z.number(),
  misses: z.number(),
  /** Of pairs, those in which the version before was good; absent in marks of earlier releases. */
  sum: z.number().optional(),
});

/** The minutes of a rollout, as sums: its units a minute, and how the serving version's bad units come in bursts meanwhile. */
const MinuteBook = z.object({
  /** Start of the open minute, the step in which it is, and the counts of the rollout then. */
  openedAt: z.number(),
  step: z.number().int(),
  opened: z.array(
    z.object({
      metric: GuardrailMetric,
      arm: z.enum(["stable", "canary", "pair"]),
      step: z.number().int(),
      units: z.number(),
      events: z.number(),
    }),
  ),
  /** The minute before of the serving version, in the same step. */
  last: z.partialRecord(GuardrailMetric, z.object({ units: z.number(), events: z.number() })),
  sums: z.partialRecord(GuardrailMetric, BurstSums),
  /** By step: the units of closed minutes and the sum of their squares, of both versions together or of pairs. */
  flows: z.array(z.object({ metric: GuardrailMetric, step: z.number().int(), units: z.number(), squares: z.number() })),
});
export type MinuteBook = z.infer<typeof MinuteBook>;

/** State of a rollout. All times in milliseconds since 1970. */
export const RolloutState = z.object({
  phase: z.enum(rolloutPhases),
  /** From 0; the number of steps while watching and after. */
  step: z.number().int(),
  /** Share of the units that go to the new version now. */
  weight: z.number(),
  stepStartedAt: z.number(),
  isPaused: z.boolean(),
  /** Steps that a user approved. */
  approvedSteps: z.array(z.number().int()),
  /** Whether a user let it continue despite the error budget. */
  overridesBudget: z.boolean(),
  /** Highest evidence so far; it survives whatever restarts. */
  maxima: z.object({
    combined: z.number(),
    srm: z.number(),
    worse: z.partialRecord(GuardrailMetric, z.number()),
    /** Evidence of this step. */
    safe: z.partialRecord(GuardrailMetric, z.number()),
    floorCanary: z.partialRecord(GuardrailMetric, z.number()),
    floorStable: z.partialRecord(GuardrailMetric, z.number()),
  }),
  /** Units at the last look, and since when there are no more. */
  lastUnits: z.number(),
  lastDataAt: z.number(),
  /** Reason for the hold; null while the rollout advances. */
  hold: z.object({ code: z.string(), words: z.string(), since: z.number() }).nullable(),
  /** Names of what was blamed. */
  violatedMetrics: z.array(z.string()),
  /** Counts of the monitoring phase at the start of each of its gates after the first, about one an hour. */
  watchMarks: z.array(z.array(WatchMark)).optional(),
  minutes: MinuteBook.optional(),
});
export type RolloutState = z.infer<typeof RolloutState>;

const decisionKinds = [
  "started",
  "advance",
  "hold",
  "go-on",
  "withheld",
  "roll-back",
  "promote",
  "complete",
  "pause",
  "resume",
  "approve",
  "skip",
  "override",
  "note",
] as const;
export type DecisionKind = (typeof decisionKinds)[number];

export const RolloutDecision = z.object({
  id: z.number().int(),
  kind: z.enum(decisionKinds),
  code: z.string(),
  words: z.string(),
  step: z.number().int(),
  weight: z.number(),
  reason: z.string().nullable(),
  actorName: z.string(),
  evidence: Evidence.nullable(),
  at: z.date(),
});
export type RolloutDecision = z.infer<typeof RolloutDecision>;

const VersionName = z.object({ id: z.uuid(), model: z.string(), version: z.number().int() });

export const RolloutSummary = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  endpoint: z.string(),
  stable: VersionName,
  canary: VersionName,
  phase: z.enum(rolloutPhases),
  step: z.number().int(),
  steps: z.number().int(),
  weight: z.number(),
  isPaused: z.boolean(),
  hold: RolloutState.shape.hold,
  violatedMetrics: z.array(z.string()),
  reason: z.string(),
  startedBy: z.string(),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
});
export type RolloutSummary = z.infer<typeof RolloutSummary>;

export const Rollout = RolloutSummary.extend({
  plan: RolloutPlan,
  frozen: FrozenFacts,
  state: RolloutState,
  revision: z.number().int(),
  /** Evidence by the current counts. */
  evidence: Evidence,
  evaluatedAt: z.date().nullable(),
});
export type Rollout = z.infer<typeof Rollout>;

const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000);

export const StartRollout = z.object({
  endpointId: z.uuid(),
  /** The model of the version that serves when it is left out. */
  model: z.string().max(limits.nameLength).min(1).optional(),
  version: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  providers: z.array(ExecutionProvider).max(4).default([]),
  plan: RolloutPlan,
  reason: Reason,
  /** Repairs and rollbacks are allowed where the error budget makes other changes wait. */
  purpose: ChangePurpose.default("change"),
  /** Whether to start despite the error budget; the reason is stored with the user's name. */
  overridesBudget: z.boolean().default(false),
  /** Whether to unblock the version if the endpoint was rolled back from it; the reason is stored with the user's name. */
  overridesBlock: z.boolean().default(false),
  anywayReason: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .optional()
    .describe(
      "Why to start a version that is failing on an endpoint, was rolled back here or has a failed gate. Recorded with your name; unblocks the version. Ignored if nothing speaks against it.",
    ),
});
export type StartRollout = z.input<typeof StartRollout>;

/** Action of a user on a rollout. `revision` is the one that the user saw: a different one is a conflict. */
export const ActOnRollout = z.object({ rolloutId: z.uuid(), reason: Reason, revision: z.number().int().optional() });
export type ActOnRollout = z.input<typeof ActOnRollout>;

export const GetRollout = z.object({ rolloutId: z.uuid() });
export type GetRollout = z.infer<typeof GetRollout>;

export const ListRollouts = z.object({
  endpointId: z.uuid().optional(),
  active: z.boolean().optional(),
  limit: z.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
});
export type ListRollouts = z.input<typeof ListRollouts>;

export const ListRolloutDecisions = z.object({
  rolloutId: z.uuid(),
  /** Only those with a lower id: `next` of the page before. */
  before: z.number().int().positive().optional(),
  limit: z.number().int().min(1).max(500).default(200),
});
export type ListRolloutDecisions = z.input<typeof ListRolloutDecisions>;
