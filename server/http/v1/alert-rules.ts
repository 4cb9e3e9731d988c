import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { AlertQuality, SubmitFeedback } from "#server/respond/alert-quality/contract.ts";
import { ruleQuality } from "#server/respond/alert-quality/rule-quality.ts";
import { submitFeedback } from "#server/respond/alert-quality/submit-feedback.ts";
import { archiveAlertRule } from "#server/respond/rules/archive-alert-rule.ts";
import {
  AlertRule,
  CreateAlertRule,
  ListAlertRules,
  ReplayAlertRule,
  RuleReplay,
  SwitchAlertRule,
  UpdateAlertRule,
} from "#server/respond/rules/contract.ts";
import { createAlertRule } from "#server/respond/rules/create-alert-rule.ts";
import { disableAlertRule } from "#server/respond/rules/disable-alert-rule.ts";
import { enableAlertRule } from "#server/respond/rules/enable-alert-rule.ts";
import { getAlertRule, listAlertRules } from "#server/respond/rules/queries.ts";
import { replayAlertRule } from "#server/respond/rules/replay/replay-alert-rule.ts";
import { updateAlertRule } from "#server/respond/rules/update-alert-rule.ts";
import { route } from "./route.ts";

const params = z.object({ rule: z.uuid() });
const path = "/alert-rules/:rule";

/** Rules besides those that SLOs bring along, what they would have done, and what people think of them. */
export function alertRules(app: FastifyInstance): void {
  const query = ListAlertRules.extend({ withArchived: z.stringbool().optional() });
  const list = { summary: "List alert rules with their state, by name", query };
  const rules = z.object({ rules: z.array(AlertRule) });
  route(app, { method: "GET", path: "/alert-rules", ...list, response: rules }, async ({ ctx, query }) => ({
    rules: await listAlertRules(ctx, query),
  }));
  const create = { summary: "Create an alert rule", body: CreateAlertRule, response: AlertRule, status: 201 } as const;
  route(app, { method: "POST", path: "/alert-rules", ...create }, ({ ctx, body }) => createAlertRule(ctx, body));
  const replay = { summary: "Replay a threshold rule on recorded data", body: ReplayAlertRule };
  route(app, { method: "POST", path: "/alert-rule-replays", ...replay, response: RuleReplay }, ({ ctx, body }) =>
    replayAlertRule(ctx, body),
  );
  const show = { summary: "Get an alert rule with the state of each monitored series", response: AlertRule };
  route(app, { method: "GET", path, params, ...show }, ({ ctx, params }) => getAlertRule(ctx, { ruleId: params.rule }));
  changes(app);
  quality(app);
}

function changes(app: FastifyInstance): void {
  const response = AlertRule;
  const body = UpdateAlertRule.omit({ ruleId: true });
  const change = { summary: "Update an alert rule; omitted fields are unchanged", params, body, response };
  route(app, { method: "PATCH", path, ...change }, ({ ctx, params, body }) =>
    updateAlertRule(ctx, { ruleId: params.rule, ...body }),
  );
  const acts = [
    { name: "archival", summary: "Archive an alert rule", act: archiveAlertRule },
    { name: "suspension", summary: "Disable an alert rule", act: disableAlertRule },
    { name: "resumption", summary: "Enable an alert rule", act: enableAlertRule },
  ];
  for (const { name, summary, act } of acts) {
    const body = SwitchAlertRule.omit({ ruleId: true }).default({ reason: "" });
    route(app, { method: "POST", path: `${path}/${name}`, summary, params, body, response }, ({ ctx, params, body }) =>
      act(ctx, { ruleId: params.rule, ...body }),
    );
  }
}

function quality(app: FastifyInstance): void {
  const show = { summary: "Get the precision of each rule over the last 30 days, with suggestions" };
  route(app, { method: "GET", path: "/alert-quality", ...show, response: AlertQuality }, ({ ctx }) => ruleQuality(ctx));
  const group = z.object({ group: z.uuid() });
  const give = {
    summary: "Give feedback on an alert group",
    params: group,
    body: SubmitFeedback.omit({ groupId: true }),
  };
  route(app, { method: "PUT", path: "/alert-groups/:group/feedback", ...give }, ({ ctx, params, body }) =>
    submitFeedback(ctx, { groupId: params.group, ...body }),
  );
}
