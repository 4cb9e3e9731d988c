import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { ArchiveButton } from "#components/respond/oncall/archive-button.tsx";
import { PolicyPanel } from "#components/respond/oncall/escalation/policies-list.tsx";
import { PolicyDialog } from "#components/respond/oncall/escalation/policy-dialog.tsx";
import type { TargetChoices } from "#components/respond/oncall/escalation/policy-form.tsx";
import { OnCallTabs, onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead, Stack } from "#components/ui/page-head.tsx";
import { listReceivers } from "#server/alerting/notifications/receivers/queries.ts";
import type { Context } from "#server/base/context.ts";
import { listTeams } from "#server/platform/teams/queries.ts";
import type { Target } from "#server/respond/oncall/escalation/contract.ts";
import { listPolicies } from "#server/respond/oncall/escalation/queries.ts";
import { listSchedules } from "#server/respond/oncall/schedules/queries.ts";
import { peopleChoices } from "../people-choices.ts";
import { archivePolicyAction, savePolicyAction } from "./actions.ts";

export const metadata = { title: "Escalation, On call" };

export default async function PoliciesPage() {
  const ctx = await requireContext();
  const policies = await listPolicies(ctx);
  const why = denialReason(ctx.actor.role, "createPolicy");
  const targets = why ? [] : await targetsOf(ctx);
  return (
    <Page crumbs={onCallCrumbs("policies")} live>
      <LiveRefresh topics={["oncall"]} />
      <PageHead
        help="on-call#escalation"
        title="Escalation"
        context="Steps that run until a page is acknowledged"
        actions={
          why ? (
            <span className="lw-quiet">Editing policies {why}</span>
          ) : (
            <PolicyDialog targets={targets} save={savePolicyAction} />
          )
        }
        sentence="Acknowledging stops the escalation. Ongoing escalations keep the steps they started with."
      />
      <OnCallTabs current="policies" />
      <Stack>
        {policies.map((policy) => (
          <PolicyPanel
            policy={policy}
            key={policy.id ?? "default"}
            actions={
              policy.id &&
              !why && (
                <>
                  <ArchiveButton
                    title={`Delete escalation policy ${policy.name}?`}
                    consequence="Teams that use it switch to the default policy"
                    confirmLabel="Delete policy"
                    input={{ policyId: policy.id }}
                    action={archivePolicyAction}
                    actorName={ctx.actor.name}
                  />
                  <PolicyDialog policy={policy} targets={targets} save={savePolicyAction} />
                </>
              )
            }
          />
        ))}
      </Stack>
    </Page>
  );
}

async function targetsOf(ctx: Context): Promise<TargetChoices> {
  const [teams, schedules, people] = [await listTeams(ctx), await listSchedules(ctx), await peopleChoices(ctx)];
  const receivers = await listReceivers(ctx);
  const choice = (target: Target, label: string) => ({ value: JSON.stringify(target), label });
  const parts = [
    ["on-call", "On-call engineer"],
    ["second", "Next on call"],
    ["leads", "Team leads"],
    ["all", "Everyone"],
    ["round-robin", "Round robin"],
  ] as const;
  const ofTeam = (teamId: string | null) =>
    parts.map(([who, label]) =>
      choice({ kind: "team", teamId, who }, teamId ? label : `${label} of the responsible team`),
    );
  return [
    { group: "Responsible team", items: ofTeam(null) },
    ...teams.map(({ id, name }) => ({
      group: `Team ${name}`,
      items: ofTeam(id).map((item) => ({ ...item, label: `${item.label} of ${name}` })),
    })),
    {
      group: "Schedules",
      items: schedules.flatMap(({ id, name }) => [
        choice({ kind: "schedule", scheduleId: id, who: "on-call" }, `On call in ${name}`),
        choice({ kind: "schedule", scheduleId: id, who: "second" }, `Next on call in ${name}`),
      ]),
    },
    { group: "People", items: people.map(({ value, label }) => choice({ kind: "person", userId: value }, label)) },
    {
      group: "Receivers",
      items: receivers.map(({ id, name }) => choice({ kind: "receiver", receiverId: id }, `Receiver ${name}`)),
    },
  ].filter(({ items }) => items.length > 0);
}
