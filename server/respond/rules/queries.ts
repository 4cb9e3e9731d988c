import { and, eq, isNull, or } from "drizzle-orm";
import { alertRules } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ActOnAlertRule, type AlertRule, ListAlertRules } from "./contract.ts";
import { loadRule, loadRules } from "./rule-rows.ts";

/** Rules besides those that SLOs bring along, by name; of an endpoint, also those that watch all. */
export async function listAlertRules(ctx: Context, input: ListAlertRules = {}): Promise<AlertRule[]> {
  permit(ctx, "listAlertRules");
  const { endpointId, withArchived } = ListAlertRules.parse(input);
  const ofEndpoint =
    endpointId === undefined ? undefined : or(eq(alertRules.endpointId, endpointId), isNull(alertRules.endpointId));
  return loadRules(ctx, and(ofEndpoint, withArchived ? undefined : isNull(alertRules.archivedAt)));
}

/** Returns a rule, archived or not, with its state for each subject. @throws DomainError "not-found" */
export async function getAlertRule(ctx: Context, input: ActOnAlertRule): Promise<AlertRule> {
  permit(ctx, "getAlertRule");
  const { ruleId } = ActOnAlertRule.parse(input);
  return loadRule(ctx, ruleId);
}
