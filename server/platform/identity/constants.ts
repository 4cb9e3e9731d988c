import type { scopes } from "../permissions/permissions/permission.ts";
import type { Role } from "./contract.ts";

export const roles = ["viewer", "member", "operator", "admin"] as const;

/** Descriptions of each role's permissions, as shown in the console. */
export const roleMeanings: Record<Role, string> = {
  viewer: "View everything",
  member: "Log runs and register models",
  operator: "Deploy and manage endpoints",
  admin: "Manage people, tokens and settings",
};

/** Descriptions of the permissions that each scope grants a token. */
export const scopeMeanings: Record<(typeof scopes)[number], string> = {
  read: "Read everything except people",
  "tracking:read": "Read experiments, runs and datasets",
  tracking: "Log runs, metrics and artifacts; MLflow’s client also needs to read them",
  "registry:read": "Read models and versions",
  registry: "Register models and versions",
  "alerts:read": "Read SLOs, alerts, schedules and incidents",
  alerts: "Change SLOs, alerts, schedules and incidents",
  "monitoring:read": "Read drift, data quality and quality",
  monitoring: "Manage references, monitors and expected drift",
  "reports:read": "Read costs, KPIs and reports",
  reports: "Set prices and budgets, post KPI events, complete reviews",
  "serving:read": "Read endpoints and predictions",
  serving: "Deploy and manage endpoints",
  infer: "Request predictions",
  "features:read": "Read feature definitions and look up features",
  "features:write": "Write rows of features",
  "features:define": "Define feature views, entities, services and sources",
  "labels:read": "Read label projects, tasks and labels",
  labels: "Label tasks",
  "labels:manage": "Create label projects, change guidelines, add tasks",
  "labels:review": "Review labels, set gold items, pause annotators",
  "training:read": "Read training jobs, their logs and engines",
  training: "Submit and stop training jobs, save templates",
  "training:engines": "Add and change training engines, which run any code",
  "settings:read": "Read the audit log and storage usage",
  settings: "Manage webhooks, retention, your own tokens and the workspace",
  "users:read": "Read people, service accounts and everyone’s tokens",
  users: "Read and manage people, service accounts, sessions and everyone’s tokens",
};

/** Limits of a new password, in characters. Older passwords may be shorter. */
export const passwordLength = { min: 12, max: 200 };

/** Reasons for which a new password is rejected, as people read them. */
export const passwordProblems = {
  short: `At least ${passwordLength.min} characters. Several unrelated words work well.`,
  long: `At most ${passwordLength.max} characters.`,
  repeated: "Use at least four different characters.",
  personal: "Must not consist of your name, address or workspace, or of “leeway”. Several unrelated words work well.",
  common: "This password is too common. Several unrelated words work well.",
};
