import type { Labels } from "../contract.ts";

/** Current state of an alert for Alertmanager clients (docs/spec/alerting.md section 3). */
export interface ActiveAlert {
  fingerprint: string;
  labels: Labels;
  annotations: Labels;
  startsAt: Date;
  endsAt: Date;
  updatedAt: Date;
  generatorUrl: string;
  receivers: string[];
  state: "active" | "suppressed";
  /** Ids of silences, fingerprints of alerts, names of time intervals. */
  silencedBy: string[];
  inhibitedBy: string[];
  mutedBy: string[];
}

/** Alerts that are notified together. */
export interface ActiveGroup {
  labels: Labels;
  receiver: string;
  alerts: ActiveAlert[];
}
