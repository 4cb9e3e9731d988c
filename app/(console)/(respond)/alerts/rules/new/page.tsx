import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { RuleForm } from "#components/respond/rules/rule-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { replayRuleAction, saveRuleAction, sayRuleAction } from "../actions.ts";
import { readChoices } from "../read-choices.ts";

export const metadata = { title: "New rule, Alerts" };

export default async function NewRulePage() {
  const ctx = await requireContext();
  const choices = await readChoices(ctx);
  const why = denialReason(ctx.actor.role, "createAlertRule");
  return (
    <Page crumbs={[...alertsCrumbs("rules", true), { label: "New" }]}>
      <PageHead help="on-call#alert-rules" title="New rule" context="For what no SLO covers" />
      <Panel>
        {why ? (
          <EmptyState title="You cannot add rules">Adding rules {why}.</EmptyState>
        ) : (
          <RuleForm {...choices} save={saveRuleAction} say={sayRuleAction} replay={replayRuleAction} />
        )}
      </Panel>
    </Page>
  );
}
