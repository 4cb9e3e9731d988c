import { alertRulesPermissions } from "./permissions/alert-rules-permissions.ts";
import { alertsPermissions } from "./permissions/alerts-permissions.ts";
import { costPermissions } from "./permissions/cost-permissions.ts";
import { debugPermissions } from "./permissions/debug-permissions.ts";
import { evaluationPermissions } from "./permissions/evaluation-permissions.ts";
import { featuresPermissions } from "./permissions/features-permissions.ts";
import { findingsPermissions } from "./permissions/findings-permissions.ts";
import { gameDaysPermissions } from "./permissions/game-days-permissions.ts";
import { incidentsPermissions } from "./permissions/incidents-permissions.ts";
import { labelFlowPermissions } from "./permissions/label-flow-permissions.ts";
import { labellingPermissions } from "./permissions/labelling-permissions.ts";
import { monitoringPermissions } from "./permissions/monitoring-permissions.ts";
import { notificationsPermissions } from "./permissions/notifications-permissions.ts";
import { oncallPermissions } from "./permissions/oncall-permissions.ts";
import { profilesPermissions } from "./permissions/profiles-permissions.ts";
import { qualityPermissions } from "./permissions/quality-permissions.ts";
import { registryPermissions } from "./permissions/registry-permissions.ts";
import { reportsPermissions } from "./permissions/reports-permissions.ts";
import { retrainingPermissions } from "./permissions/retraining-permissions.ts";
import { rolloutsPermissions } from "./permissions/rollouts-permissions.ts";
import { servingPermissions } from "./permissions/serving-permissions.ts";
import { settingsPermissions } from "./permissions/settings-permissions.ts";
import { sloPermissions } from "./permissions/slo-permissions.ts";
import { tablesPermissions } from "./permissions/tables-permissions.ts";
import { trackingPermissions } from "./permissions/tracking-permissions.ts";
import { trainingPermissions } from "./permissions/training-permissions.ts";
import { triagePermissions } from "./permissions/triage-permissions.ts";

/**
 * Every command and query by name, with the required role and scope. A test calls each as every role, and does not compile while one is
 * missing there.
 */
export const permissions = {
  ...settingsPermissions,
  ...trackingPermissions,
  ...tablesPermissions,
  ...registryPermissions,
  ...evaluationPermissions,
  ...featuresPermissions,
  ...servingPermissions,
  ...rolloutsPermissions,
  ...sloPermissions,
  ...alertsPermissions,
  ...alertRulesPermissions,
  ...notificationsPermissions,
  ...oncallPermissions,
  ...incidentsPermissions,
  ...gameDaysPermissions,
  ...triagePermissions,
  ...debugPermissions,
  ...reportsPermissions,
  ...costPermissions,
  ...qualityPermissions,
  ...profilesPermissions,
  ...findingsPermissions,
  ...monitoringPermissions,
  ...labellingPermissions,
  ...labelFlowPermissions,
  ...trainingPermissions,
  ...retrainingPermissions,
} as const;

export type PermissionName = keyof typeof permissions;
