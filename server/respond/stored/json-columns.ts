import type { Baseline, Expectation, GameDayReport } from "../drills/contract.ts";
import type { ImpactCounts, IncidentRoles } from "../incidents/contract.ts";
import type { Merger } from "../incidents/folding/contract.ts";
import type { Recovery } from "../incidents/stages/contract.ts";
import type { TimelineEvent } from "../incidents/timeline/contract.ts";
import type { EscalationStep } from "../oncall/escalation/contract.ts";
import type { ScheduleLayer } from "../oncall/schedules/contract.ts";
import type { AlertRuleSpec } from "../rules/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "alertRules.spec": AlertRuleSpec;
    "gameDays.expectations": Expectation[];
    "gameDays.baseline": Baseline;
    "gameDays.report": GameDayReport;
    "incidents.roles": Partial<IncidentRoles>;
    "incidents.impact": Partial<ImpactCounts>;
    "incidents.recovery": Partial<Recovery>;
    "incidents.merger": Merger;
    "timelineEvents.links": TimelineEvent["links"];
    "schedules.layers": ScheduleLayer[];
    "escalationPolicies.steps": EscalationStep[];
    "escalations.steps": EscalationStep[];
  }
}
