import { z } from "zod";

/** What a threshold can be put on, of an endpoint over a window. One file of `server/alerts/rules/metrics` reads all. */
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
  /** Nothing came for so long. */
  z.object({ kind: z.literal("absent"), windowMinutes: minutes.default(10) }),
  /** A rollout was rolled back, or holds for longer than asked. */
  z.object({
    kind: z.literal("rollout"),
    on: z.array(z.enum(["rolled-back", "held", "promoted"])).min(1),
    heldMinutes: minutes.default(60),
  }),
  /** Findings of run health: runs of all experiments, or of one. */
  z.object({
    kind: z.literal("run-health"),
    findings: z.array(z.string()).min(1),
    experimentId: z.number().int().nullable().default(null),
  }),
  /** Error budget that is left of any SLO of the endpoint, or of all. */
  z.object({ kind: z.literal("budget"), below: z.number().min(-1).max(1) }),
  /** No gateway, worker or disk: the program's own health. */
  z.object({
    kind: z.literal("platform"),
    on: z.array(z.enum(["no-gateway", "queue-stuck", "notifications-dead"])).min(1),
  }),
]);
export type AlertRuleSpec = z.infer<typeof AlertRuleSpec>;
