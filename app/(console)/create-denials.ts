import { denialReason } from "#app/_lib/denial-reason.ts";
import type { Role } from "#server/base/context.ts";
import type { PermissionName } from "#server/platform/permissions/permissions.ts";

/** What each form of the palette needs, by its address. */
const needed: Readonly<Record<string, PermissionName>> = {
  "/slos/new": "createSlo",
  "/alerts/rules/new": "createAlertRule",
  "/alerts/silences/new": "setSilence",
  "/game-days/new": "planGameDay",
  "/incidents/runbooks/new": "createRunbook",
  "/jobs/new": "submitJob",
  "/jobs/sweeps/new": "startSweep",
  "/jobs/templates/new": "saveTemplate",
  "/features/new": "defineFeatureView",
  "/training-sets/new": "createTrainingSet",
  "/labels/new": "createLabelProject",
  "/retraining/new": "createRetrainingPolicy",
};

/** Returns the forms that a role may not submit, with the reason. */
export function createDenials(role: Role): Record<string, string> {
  return Object.fromEntries(
    Object.entries(needed).flatMap(([href, permission]) => {
      const reason = denialReason(role, permission);
      return reason === undefined ? [] : [[href, reason]];
    }),
  );
}
