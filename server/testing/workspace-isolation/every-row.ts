import { alertRows } from "./alert-rows.ts";
import { costRows } from "./cost-rows.ts";
import { debugRows } from "./debug-rows.ts";
import { evaluationRows } from "./evaluation-rows.ts";
import { featureRows } from "./feature-rows.ts";
import { findingsRows } from "./findings-rows.ts";
import { gameDayRows } from "./game-day-rows.ts";
import { incidentRows } from "./incident-rows.ts";
import { inferenceRows } from "./inference-rows.ts";
import { labelStudioRows } from "./label-studio-rows.ts";
import { labellingRows } from "./labelling-rows.ts";
import { mlflowFileRows } from "./mlflow-file-rows.ts";
import { mlflowRegistryRows } from "./mlflow-registry-rows.ts";
import { mlflowTraceRows } from "./mlflow-trace-rows.ts";
import { mlflowTrackingRows } from "./mlflow-tracking-rows.ts";
import { monitoringRows } from "./monitoring-rows.ts";
import { notificationRows } from "./notification-rows.ts";
import { onCallRows } from "./on-call-rows.ts";
import { profilesRows } from "./profiles-rows.ts";
import { qualityRows } from "./quality-rows.ts";
import { registryRows } from "./registry-rows.ts";
import { reportsRows } from "./reports-rows.ts";
import { retrainingRows } from "./retraining-rows.ts";
import type { Row, Rows } from "./row.ts";
import { sloRows } from "./slo-rows.ts";
import { trackingRows } from "./tracking-rows.ts";
import { trainingRows } from "./training-rows.ts";
import { triageRows } from "./triage-rows.ts";
import { workspaceRows } from "./workspace-rows.ts";

/** A row for every route there is. */
export const everyRow: Rows = {
  ...workspaceRows,
  ...trackingRows,
  ...evaluationRows,
  ...featureRows,
  ...registryRows,
  ...sloRows,
  ...onCallRows,
  ...alertRows,
  ...notificationRows,
  ...triageRows,
  ...debugRows,
  ...reportsRows,
  ...costRows,
  ...qualityRows,
  ...profilesRows,
  ...findingsRows,
  ...monitoringRows,
  ...incidentRows,
  ...mlflowTrackingRows,
  ...mlflowRegistryRows,
  ...mlflowTraceRows,
  ...mlflowFileRows,
  ...inferenceRows,
  ...labellingRows,
  ...labelStudioRows,
  ...trainingRows,
  ...retrainingRows,
  ...gameDayRows,
};

/** Converts a route of MLflow's pages to that of its clients, which differs only in its prefix. */
export const forClients = (route: string): string => route.replace(" /ajax-api/", " /api/");

/** Returns the row of a route with either prefix. */
export function rowOf(route: string): Row {
  const row = everyRow[forClients(route)];
  if (!row) throw new Error(`${route} has no row.`);
  return row;
}
