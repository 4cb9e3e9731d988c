import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { FreezeAudit, type LabelExport } from "./contract.ts";
import { requestExport } from "./label-exports.ts";
import { requireCompleteAudit } from "./require-complete-audit.ts";

/**
 * Freezes the random audit of a time range as an evaluation set: all of its items, with at least two people each or a reviewer's decision.
 * Leaving the doubtful ones out would flatter every model, so it fails while any of them waits.
 * @throws DomainError "not-found", "conflict" while items are missing, "invalid" for an empty range, or one that has not ended
 */
export async function freezeAudit(ctx: Context, input: FreezeAudit): Promise<LabelExport> {
  permit(ctx, "freezeAudit");
  const { projectId, name, from, to } = FreezeAudit.parse(input);
  const project = await findLiveLabelProject(ctx, projectId);
  if (to.getTime() > Date.now()) {
    throw new DomainError("invalid", "The time range must have ended: items are still added to it.", { field: "to" });
  }
  await requireCompleteAudit(ctx, projectId, { from, to });
  const audit = { from: from.toISOString(), to: to.toISOString() };
  return requestExport(ctx, project, { dataset: name, format: "csv", forTraining: false, audit });
}
