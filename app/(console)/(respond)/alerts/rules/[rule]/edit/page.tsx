import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { ruleHref } from "#components/alerting/alerts/addresses.ts";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { RuleForm } from "#components/respond/rules/rule-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { replayRuleAction, saveRuleAction, sayRuleAction } from "../../actions.ts";
import { readChoices } from "../../read-choices.ts";
import { readRule } from "../read-rule.ts";

type Props = PageProps<"/alerts/rules/[rule]/edit">;

export async function generateMetadata({ params }: Props) {
  return { title: `Edit ${(await readRule((await params).rule)).name}, Alerts` };
}

export default async function EditRulePage({ params }: Props) {
  const ctx = await requireContext();
  const rule = await readRule((await params).rule);
  const choices = await readChoices(ctx);
  const why = denialReason(ctx.actor.role, "updateAlertRule");
  return (
    <Page crumbs={[...alertsCrumbs("rules", true), { label: rule.name, href: ruleHref(rule.id) }, { label: "Edit" }]}>
      <PageHead help="on-call#alert-rules" title={`Edit ${rule.name}`} />
      <Panel>
        {why ? (
          <EmptyState title="You cannot edit rules">Editing rules {why}.</EmptyState>
        ) : (
          <RuleForm {...choices} rule={rule} save={saveRuleAction} say={sayRuleAction} replay={replayRuleAction} />
        )}
      </Panel>
    </Page>
  );
}
