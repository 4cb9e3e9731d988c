import type { CauseOfIncident, PastEndpoint } from "./contract.ts";

/** A moment by the weeks before the week in which the demo starts, the weekday (Monday is 0) and the time of day, UTC. */
export type Moment = readonly [weeksAgo: number, weekday: number, time: string];

export interface ReleaseStory {
  endpoint: PastEndpoint;
  at: Moment;
  version: number;
  by: string;
  reason: string;
  /** The incident that it caused. Its rollback is a release too. */
  incident?: IncidentStory;
}

interface IncidentStory {
  title: string;
  severity: "SEV2" | "SEV3";
  /** Share of the requests that failed while it lasted. */
  failingShare: number;
  /** Minutes from its start until people knew, reacted, ended the failures and were sure. */
  minutes: { detect: number; acknowledge: number; mitigate: number; resolve: number };
  by: string;
  finding: string;
  fix: string;
  action: string;
}

export interface OutageStory extends IncidentStory {
  endpoint: PastEndpoint;
  at: Moment;
  cause: Exclude<CauseOfIncident, "deploy">;
  /** Whether someone declared it before an alert fired. */
  isDeclared?: boolean;
}

const [priya, mei, jan] = ["Priya Raman", "Mei Tanaka", "Jan Novak"];

/**
 * Releases of the past, at full hours where nothing came of them. The last of each endpoint is the version that the demo starts with, so that its
 * first release is no rollback; the version that fails on the forms today is none of them.
 */
export const releaseStories: readonly ReleaseStory[] = [
  { endpoint: "digits", at: [12, 0, "00:00"], version: 1, by: priya, reason: "First model in production" },
  { endpoint: "digits-forms", at: [12, 0, "00:00"], version: 1, by: mei, reason: "Same model for forms" },
  { endpoint: "flight-delay", at: [12, 0, "00:00"], version: 1, by: jan, reason: "First model in production" },
  { endpoint: "digits", at: [11, 2, "10:00"], version: 2, by: priya, reason: "Network instead of the regression" },
  { endpoint: "digits-forms", at: [10, 1, "10:00"], version: 2, by: mei, reason: "Ran without incidents on digits" },
  {
    endpoint: "flight-delay",
    at: [9, 2, "13:20"],
    version: 2,
    by: jan,
    reason: "Gradient boosting",
    incident: {
      title: "flight-delay rejects flights without a wind speed",
      severity: "SEV2",
      failingShare: 0.32,
      minutes: { detect: 2, acknowledge: 6, mitigate: 19, resolve: 34 },
      by: jan,
      finding: "Version 2 fails where the regression used a default for a missing wind speed.",
      fix: "Rolled back to version 1",
      action: "Fill missing weather in the pipeline of the model",
    },
  },
  { endpoint: "flight-delay", at: [8, 1, "09:00"], version: 2, by: jan, reason: "Missing weather is imputed" },
  { endpoint: "digits", at: [8, 3, "14:00"], version: 3, by: priya, reason: "int8, a third of the size" },
  { endpoint: "digits", at: [7, 0, "11:00"], version: 2, by: priya, reason: "No faster on these machines" },
  {
    endpoint: "digits-forms",
    at: [7, 3, "15:45"],
    version: 4,
    by: mei,
    reason: "int8, calibrated again",
    incident: {
      title: "digits-forms fails on faint forms",
      severity: "SEV2",
      failingShare: 0.09,
      minutes: { detect: 3, acknowledge: 8, mitigate: 27, resolve: 45 },
      by: mei,
      finding: "The calibration of version 4 had seen no faint forms.",
      fix: "Rolled back to version 2",
      action: "Add faint forms to the calibration set",
    },
  },
  {
    endpoint: "digits",
    at: [6, 2, "11:00"],
    version: 4,
    by: priya,
    reason: "int8, calibrated again",
    incident: {
      title: "digits fails 15% of requests with 500",
      severity: "SEV2",
      failingShare: 0.15,
      minutes: { detect: 1, acknowledge: 4, mitigate: 11, resolve: 30 },
      by: priya,
      finding: "The version that failed on forms was tried on digits.",
      fix: "Rolled back to version 2",
      action: "Roll out in steps instead of deploying to all traffic",
    },
  },
  { endpoint: "flight-delay", at: [5, 1, "09:00"], version: 2, by: jan, reason: "Two threads for each run" },
  {
    endpoint: "digits-forms",
    at: [5, 2, "09:00"],
    version: 3,
    by: mei,
    reason: "int8 of version 2, compared on the hold-out",
  },
  { endpoint: "digits-forms", at: [4, 0, "13:00"], version: 2, by: mei, reason: "One model for forms and digits" },
  { endpoint: "digits", at: [4, 3, "10:00"], version: 2, by: priya, reason: "New machines" },
  { endpoint: "flight-delay", at: [3, 3, "09:00"], version: 2, by: jan, reason: "New machines" },
  {
    endpoint: "digits-forms",
    at: [2, 1, "14:30"],
    version: 3,
    by: mei,
    reason: "int8 on the new machines",
    incident: {
      title: "digits-forms rejects requests under load",
      severity: "SEV2",
      failingShare: 0.12,
      minutes: { detect: 2, acknowledge: 3, mitigate: 9, resolve: 25 },
      by: mei,
      finding: "int8 ran on one core of the new machines.",
      fix: "Rolled back to version 2",
      action: "Run a load test before each release to the new machines",
    },
  },
  { endpoint: "digits", at: [1, 1, "10:00"], version: 2, by: priya, reason: "Newer runtime" },
  { endpoint: "flight-delay", at: [1, 3, "10:00"], version: 2, by: jan, reason: "Newer runtime" },
];

/** Incidents that no release caused. */
export const outageStories: readonly OutageStory[] = [
  {
    endpoint: "flight-delay",
    at: [11, 3, "05:10"],
    cause: "dependency",
    title: "flight-delay fails without its weather feed",
    severity: "SEV3",
    failingShare: 0.25,
    minutes: { detect: 4, acknowledge: 12, mitigate: 26, resolve: 50 },
    by: jan,
    finding: "The weather stations' feed was empty after their upgrade.",
    fix: "Restarted the feed",
    action: "Alert on the age of the weather",
  },
  {
    endpoint: "digits",
    at: [10, 4, "16:00"],
    cause: "capacity",
    title: "digits rejects requests during the monthly batch",
    severity: "SEV3",
    failingShare: 0.06,
    minutes: { detect: 3, acknowledge: 9, mitigate: 18, resolve: 40 },
    by: priya,
    finding: "The monthly batch sent ten times the usual requests.",
    fix: "The batch was paused",
    action: "Send the batch as tasks",
  },
  {
    endpoint: "digits-forms",
    at: [5, 4, "08:20"],
    cause: "config",
    title: "digits-forms rejects large scans",
    severity: "SEV3",
    failingShare: 0.02,
    minutes: { detect: 14, acknowledge: 14, mitigate: 38, resolve: 55 },
    by: mei,
    isDeclared: true,
    finding: "A proxy change introduced a smaller request size limit.",
    fix: "Restored the limit",
    action: "Test the largest scan after each change of the proxy",
  },
  {
    endpoint: "flight-delay",
    at: [3, 0, "03:05"],
    cause: "data",
    title: "flight-delay lacks the schedule of the day",
    severity: "SEV3",
    failingShare: 0.2,
    minutes: { detect: 5, acknowledge: 17, mitigate: 24, resolve: 41 },
    by: jan,
    finding: "The nightly schedule load finished late.",
    fix: "Repeated the load",
    action: "Load the schedule of the next day at noon",
  },
  {
    endpoint: "digits",
    at: [1, 2, "13:30"],
    cause: "dependency",
    title: "digits fails while its host restarts",
    severity: "SEV3",
    failingShare: 0.05,
    minutes: { detect: 2, acknowledge: 5, mitigate: 13, resolve: 28 },
    by: priya,
    finding: "A gateway's host was restarted for its kernel without draining.",
    fix: "The other gateway took over",
    action: "Drain gateways before their hosts restart",
  },
];
