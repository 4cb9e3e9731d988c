import type { JobKind } from "./kinds.ts";

export interface ScheduledJob {
  kind: JobKind;
  /** Five fields, in UTC. */
  cron: string;
  /** For the page of recurring work. */
  purpose: string;
}

/** Every scheduled job. What runs more often than once a minute is a watcher. */
export const schedule: readonly ScheduledJob[] = [
  { kind: "pack-metrics", cron: "* * * * *", purpose: "Packs the metric points of runs" },
  { kind: "resume-transfers", cron: "* * * * *", purpose: "Resumes imports and exports whose worker stopped" },
  { kind: "resume-load-tests", cron: "* * * * *", purpose: "Resumes load tests whose worker stopped" },
  { kind: "maintain-predictions", cron: "7 * * * *", purpose: "Maintains the partitions of the prediction log" },
  {
    kind: "maintain-features",
    cron: "17 * * * *",
    purpose: "Maintains the partitions of feature rows, and deletes rows of deleted views",
  },
  { kind: "pack-features", cron: "*/15 * * * *", purpose: "Packs feature rows into files of their history" },
  {
    kind: "compare-features",
    cron: "7 * * * *",
    purpose: "Compares features that predictions got with the history of their views",
  },
  {
    kind: "measure-feature-drift",
    cron: "27 * * * *",
    purpose: "Compares rows of feature views by day with a reference",
  },
  {
    kind: "resume-key-removals",
    cron: "*/5 * * * *",
    purpose: "Resumes removals of feature keys whose worker stopped",
  },
  { kind: "resume-training-sets", cron: "* * * * *", purpose: "Resumes training sets whose worker stopped" },
  { kind: "resume-evaluations", cron: "* * * * *", purpose: "Resumes evaluations of versions whose worker stopped" },
  { kind: "resume-materialisations", cron: "* * * * *", purpose: "Resumes materialisations whose worker stopped" },
  {
    kind: "start-materialisations",
    cron: "* * * * *",
    purpose: "Materialises feature views by the intervals of their sources, and new dataset versions",
  },
  {
    kind: "maintain-labels",
    cron: "37 1 * * *",
    purpose: "Orders label queues, drops stale tasks, measures labels and exports them to datasets",
  },
  {
    kind: "maintain-training",
    cron: "17 3 * * *",
    purpose: "Removes old logs and older checkpoints of training jobs that have ended",
  },
  { kind: "forget-playground-runs", cron: "57 * * * *", purpose: "Deletes playground runs after 30 days" },
  { kind: "forget-deliveries", cron: "27 3 * * *", purpose: "Deletes webhook deliveries after 30 days" },
  { kind: "forget-notifications", cron: "37 3 * * *", purpose: "Deletes notifications after 90 days" },
  { kind: "send-digests", cron: "*/5 * * * *", purpose: "Sends weekly emails that are due" },
  { kind: "refresh-reports", cron: "12 * * * *", purpose: "Computes reports of the current and previous periods" },
  { kind: "attribute-kpi-events", cron: "* * * * *", purpose: "Attributes business events to model versions" },
  { kind: "mend-tasks", cron: "* * * * *", purpose: "Ends abandoned asynchronous tasks" },
  { kind: "forget-tasks", cron: "57 * * * *", purpose: "Deletes expired asynchronous tasks with their files" },
  { kind: "meter-costs", cron: "* * * * *", purpose: "Meters the use of machines for costs" },
  { kind: "watch-runs", cron: "* * * * *", purpose: "Checks the health of runs" },
  {
    kind: "forget-sign-in-attempts",
    cron: "17 3 * * *",
    purpose: "Deletes sign-in attempts after 30 days, and expired sessions",
  },
  { kind: "end-sign-in-episodes", cron: "* * * * *", purpose: "Counts repeated failed sign-ins in the audit log" },
  { kind: "verify-audit-log", cron: "47 2 * * *", purpose: "Verifies the seals of the audit log and logs the newest" },
  { kind: "forget-alerts", cron: "37 3 * * *", purpose: "Deletes alert history after 400 days" },
  { kind: "forget-answers", cron: "27 * * * *", purpose: "Deletes expired idempotency records" },
  { kind: "roll-up-states", cron: "* * * * *", purpose: "Merges feature statistics into hours and days" },
  { kind: "roll-up-windows", cron: "* * * * *", purpose: "Aggregates traffic windows into hours" },
  { kind: "forget-sli-hours", cron: "37 3 * * *", purpose: "Deletes counts of SLOs after 400 days" },
  { kind: "collect-artifacts", cron: "37 * * * *", purpose: "Deletes unreferenced files" },
  { kind: "purge-trash", cron: "*/15 * * * *", purpose: "Permanently deletes requested items from the trash" },
  { kind: "apply-retention", cron: "7 2 * * *", purpose: "Moves items to the trash by the retention rules" },
  { kind: "sweep-artifacts", cron: "47 4 * * *", purpose: "Lists orphaned files in storage" },
];
