/** Every watcher of the worker, and what it does, for the page of recurring work. */
export const watcherPurposes = {
  rollouts: "Evaluates active rollouts and advances, holds or rolls them back",
  "rollout-sources": "Counts labels and business events for active rollouts",
  alerts: "Ends expired alerts, applies silences and sends due notifications of alert groups",
  escalations: "Runs due escalation steps",
  responses: "Opens the incidents of notified pages and attaches their facts",
  "alert-rules": "Evaluates alert rules",
  slos: "Counts service level indicators and evaluates SLOs",
  "game-days": "Starts, renews, aborts and ends game days, and completes their reports",
  incidents: "Updates the impact of ongoing incidents and marks them as mitigated",
  recovery: "Moves open incidents between act, watch recovery and resolve",
  findings: "Renews the alerts of open monitoring findings",
  "feature-rows": "Keeps the rows of feature views in Valkey or Redis complete, if one is configured",
  "feature-views":
    "Counts what arrives in feature views and finds late sources, failed materialisations and changed values",
  integrity: "Checks the inputs of endpoints against their data rules",
  drift: "Evaluates completed drift windows",
  quality: "Matches predictions with labels and evaluates model quality",
  consistency: "Compares a newly deployed version with its predecessor",
  labels: "Adds tasks to label projects from prediction logs, and writes settled labels there",
  training: "Submits training jobs to engines, monitors them, and decides which queued jobs start",
  retraining: "Evaluates retraining policies and advances open cycles",
  "audit-seals": "Seals new entries of the audit log",
  "webhook-deliveries": "Sends due webhook deliveries",
  notifications: "Sends due notifications",
} as const satisfies Record<string, string>;

export type WatcherName = keyof typeof watcherPurposes;
