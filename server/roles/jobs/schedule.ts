import type { JobKind } from "../../platform/jobs/kinds.ts";

interface Schedule {
  kind: JobKind;
  /** Five fields, in UTC. */
  cron: string;
}

/** Every recurring task. */
export const schedules: readonly Schedule[] = [
  { kind: "pack-metrics", cron: "* * * * *" },
  { kind: "resume-transfers", cron: "* * * * *" },
  { kind: "resume-load-tests", cron: "* * * * *" },
  { kind: "maintain-predictions", cron: "7 * * * *" },
  { kind: "forget-playground-runs", cron: "57 * * * *" },
  { kind: "forget-deliveries", cron: "27 3 * * *" },
  { kind: "forget-notifications", cron: "37 3 * * *" },
  { kind: "send-digests", cron: "*/5 * * * *" },
  { kind: "refresh-reports", cron: "12 * * * *" },
  { kind: "attribute-kpi-events", cron: "* * * * *" },
  { kind: "mend-tasks", cron: "* * * * *" },
  { kind: "forget-tasks", cron: "57 * * * *" },
  { kind: "meter-costs", cron: "* * * * *" },
  { kind: "watch-runs", cron: "* * * * *" },
  { kind: "forget-sign-in-attempts", cron: "17 3 * * *" },
  { kind: "forget-alerts", cron: "37 3 * * *" },
  { kind: "forget-answers", cron: "27 * * * *" },
  { kind: "roll-up-states", cron: "* * * * *" },
  { kind: "roll-up-windows", cron: "* * * * *" },
  { kind: "forget-sli-hours", cron: "37 3 * * *" },
  { kind: "collect-artifacts", cron: "37 * * * *" },
  { kind: "purge-trash", cron: "*/15 * * * *" },
  { kind: "apply-retention", cron: "7 2 * * *" },
  { kind: "sweep-artifacts", cron: "47 4 * * *" },
];
