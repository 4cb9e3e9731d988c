import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import { jobProblemKinds } from "#server/improve/training/health/problem-kinds.ts";

/** Metrics for thresholds, of an endpoint over a window. `server/respond/rules/metrics/read-metric.ts` reads them. */
export const ruleMetrics = [
  "p50-ms",
  "p95-ms",
  "p99-ms",
  "error-rate",
  "requests-per-second",
  "queue-ms",
  "cache-hit-rate",
  "violation-rate",
  "tasks-waiting",
  "dead-tasks",
  "gpu-utilisation",
  "gpu-memory",
  "cost-per-1000",
  "label-delay-hours",
] as const;
export const RuleMetric = z.enum(ruleMetrics);
export type RuleMetric = z.infer<typeof RuleMetric>;

/** What can be wrong with the labels of a project (docs/spec/labelling.md section 12.7). */
const labelProblems = ["disagreement", "errors", "backlog", "idle"] as const;
export type LabelProblem = (typeof labelProblems)[number];

/** What can be wrong with training jobs (docs/spec/training.md section 17). */
const trainingProblems = [...jobProblemKinds, "budget"] as const;
export type TrainingProblem = (typeof trainingProblems)[number];

const minutes = z
  .number()
  .int()
  .min(1)
  .max(7 * 1440);

export const AlertRuleSpec = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("threshold"),
    metric: RuleMetric,
    op: z.enum([">", ">=", "<", "<="]),
    value: z.number(),
    windowMinutes: minutes.default(5),
    forMinutes: z.number().int().min(0).max(1440).default(0),
  }),
  /** No requests were received during the window. */
  z.object({ kind: z.literal("absent"), windowMinutes: minutes.default(10) }),
  /** A rollout was rolled back, or has been on hold for longer than allowed. */
  z.object({
    kind: z.literal("rollout"),
    on: z
      .array(z.enum(["rolled-back", "held", "promoted"]))
      .max(limits.listLength)
      .min(1),
    onHoldMinutes: minutes.default(60),
  }),
  /** Findings of run health: runs of all experiments, or of one. */
  z.object({
    kind: z.literal("run-health"),
    findings: z.array(z.string().max(limits.nameLength)).max(limits.listLength).min(1),
    experimentId: z.number().int().nullable().default(null),
  }),
  /** Error budget that is left of any SLO of the endpoint, or of all. */
  z.object({ kind: z.literal("budget"), below: z.number().min(-1).max(1) }),
  /** Money: a month is likely to end over its budget, so much of the budget is spent, or yesterday cost more than is usual. */
  z.object({
    kind: z.literal("spend"),
    on: z
      .array(z.enum(["over-budget", "spent", "unusual"]))
      .max(limits.listLength)
      .min(1),
    /** Share of the month's budget, for "spent". */
    spentShare: z.number().min(0.01).max(10).default(0.9),
  }),
  /** Labels of a project, or of all that label the endpoint: their agreement, likely errors, what waits, and whether anyone labels. */
  z.object({
    kind: z.literal("labels"),
    on: z.array(z.enum(labelProblems)).max(limits.listLength).min(1),
    /** Null watches every active label project. */
    projectId: z.number().int().positive().nullable().default(null),
    /** Krippendorff's alpha below which people disagree, for "disagreement". */
    alphaBelow: z.number().min(0).max(1).default(0.667),
    /** Estimated share of wrong labels, for "errors". */
    errorShare: z.number().min(0.001).max(1).default(0.1),
    /** Hours without an answer while items wait, for "idle". */
    idleHours: z.number().int().min(1).max(720).default(72),
  }),
  /** Training jobs: checkpoints that do not come or are damaged, jobs that failed or wait for nothing, and the month's budget. */
  z.object({
    kind: z.literal("training"),
    on: z.array(z.enum(trainingProblems)).max(limits.listLength).min(1),
    /** Share of the month's budget, for "budget". */
    budgetShare: z.number().min(0.01).max(10).default(0.9),
  }),
  /** No gateway, worker or disk: the program's own health. */
  z.object({
    kind: z.literal("platform"),
    on: z
      .array(z.enum(["no-gateway", "queue-stuck", "notifications-dead", "items-set-aside"]))
      .max(limits.listLength)
      .min(1),
  }),
]);
export type AlertRuleSpec = z.infer<typeof AlertRuleSpec>;

const alertSeverities = ["page", "ticket"] as const;

const ruleFields = {
  /** The alertname of its alerts. */
  name: z.string().trim().min(1, "Enter a name.").max(100).check(noControlCharacters),
  /** Null watches every endpoint of the workspace. */
  endpointId: z.uuid().nullable(),
  spec: AlertRuleSpec,
  severity: z.enum(alertSeverities),
  /** Null leaves it to the team of the endpoint. */
  teamId: z.uuid().nullable(),
  runbookId: z.uuid().nullable(),
};

export const CreateAlertRule = z.object({
  ...ruleFields,
  endpointId: ruleFields.endpointId.default(null),
  teamId: ruleFields.teamId.default(null),
  runbookId: ruleFields.runbookId.default(null),
});
export type CreateAlertRule = z.input<typeof CreateAlertRule>;

/** Partial update: omitted fields keep their values. */
export const UpdateAlertRule = z.object({ ruleId: z.uuid(), ...z.object(ruleFields).partial().shape });
export type UpdateAlertRule = z.input<typeof UpdateAlertRule>;

export const ActOnAlertRule = z.object({ ruleId: z.uuid() });
export type ActOnAlertRule = z.input<typeof ActOnAlertRule>;

/** Switches a rule on or off, or ends it. */
export const SwitchAlertRule = ActOnAlertRule.extend({ reason: z.string().trim().max(2000).default("") });
export type SwitchAlertRule = z.input<typeof SwitchAlertRule>;

/** State of a rule for one of its subjects. */
export const RuleStateView = z.object({
  /** Id of the endpoint, rollout, run or SLO; the name of a condition of the platform. */
  part: z.string(),
  /** That thing for people. */
  title: z.string(),
  state: z.enum(["inactive", "pending", "firing"]),
  since: z.date(),
  evaluatedAt: z.date(),
  /** Measured value, its limit, and the result in words; null where nothing could be read. */
  value: z.number().nullable(),
  limit: z.number().nullable(),
  words: z.string(),
});
export type RuleStateView = z.infer<typeof RuleStateView>;

export const AlertRule = z.object({
  id: z.uuid(),
  name: z.string(),
  endpointId: z.uuid().nullable(),
  endpoint: z.string().nullable(),
  spec: AlertRuleSpec,
  severity: z.enum(alertSeverities),
  teamId: z.uuid().nullable(),
  team: z.string().nullable(),
  runbookId: z.uuid().nullable(),
  runbook: z.string().nullable(),
  /** The rule in a sentence. */
  words: z.string(),
  /** Information that recipients of its notifications will miss. */
  missing: z.array(z.enum(["owner", "runbook"])),
  isEnabled: z.boolean(),
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
  archivedAt: z.date().nullable(),
  evaluatedAt: z.date().nullable(),
  problem: z.string().nullable(),
  /** Firing ones first, then pending ones. */
  states: z.array(RuleStateView),
});
export type AlertRule = z.infer<typeof AlertRule>;

export const ListAlertRules = z.object({ endpointId: z.uuid().optional(), withArchived: z.boolean().default(false) });
export type ListAlertRules = z.input<typeof ListAlertRules>;

export const ReplayAlertRule = z.object({
  endpointId: z.uuid(),
  spec: AlertRuleSpec,
  days: z.number().int().min(1).max(30).default(30),
});
export type ReplayAlertRule = z.input<typeof ReplayAlertRule>;

/** Result of replaying a rule over the past. Times in ms since 1970. */
export const RuleReplay = z.object({
  from: z.number(),
  to: z.number(),
  /** Minutes for which something could be read. */
  minutes: z.number().int(),
  /** Times at which it would have fired, and their ends; null for the one that would still fire. At most 1,000. */
  episodes: z.array(z.object({ from: z.number(), to: z.number().nullable() })),
  fired: z.number().int(),
  firingMinutes: z.number().int(),
  /** Value over time, at most 400 points. */
  chart: z.array(z.object({ at: z.number(), value: z.number().nullable() })),
  words: z.string(),
});
export type RuleReplay = z.infer<typeof RuleReplay>;
