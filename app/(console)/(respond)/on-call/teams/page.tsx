import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { TeamDialog } from "#components/platform/teams/team-dialog.tsx";
import { TeamPanel } from "#components/platform/teams/teams-list.tsx";
import { ArchiveButton } from "#components/respond/oncall/archive-button.tsx";
import { OnCallTabs, onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { listModels } from "#server/develop/registry/models/queries.ts";
import { listTeams } from "#server/platform/teams/queries.ts";
import { listPolicies } from "#server/respond/oncall/escalation/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { peopleChoices } from "../people-choices.ts";
import { archiveTeamAction, saveTeamAction } from "./actions.ts";

export const metadata = { title: "Teams, On call" };

/** Names that are offered; any other can be typed. */
const offered = 200;

export default async function TeamsPage() {
  const ctx = await requireContext();
  const teams = await listTeams(ctx);
  const why = denialReason(ctx.actor.role, "createTeam");
  const form = why ? undefined : await choicesOf(ctx);
  const create = form ? (
    <TeamDialog {...form} save={saveTeamAction} />
  ) : (
    <span className="lw-quiet">Editing teams {why}</span>
  );
  return (
    <Page crumbs={onCallCrumbs("teams")} live>
      <LiveRefresh topics={["oncall"]} />
      <PageHead help="on-call#teams" title="Teams" context="Who owns which models and endpoints" actions={create} />
      <OnCallTabs current="teams" />
      {teams.length === 0 && (
        <Panel flush>
          <EmptyState title="No teams yet" action={create}>
            A team owns models and endpoints. Its schedules determine who is paged for them.
          </EmptyState>
        </Panel>
      )}
      <Stack>
        {teams.map((team) => (
          <TeamPanel
            team={team}
            key={team.id}
            actions={
              form && (
                <>
                  <ArchiveButton
                    title={`Delete team ${team.name}?`}
                    consequence="Its models and endpoints become unowned, and its schedules no longer belong to a team"
                    confirmLabel="Delete team"
                    input={{ teamId: team.id }}
                    action={archiveTeamAction}
                    actorName={ctx.actor.name}
                  />
                  <TeamDialog {...form} team={team} save={saveTeamAction} />
                </>
              )
            }
          />
        ))}
      </Stack>
    </Page>
  );
}

async function choicesOf(ctx: Context) {
  const [people, policies] = [await peopleChoices(ctx), await listPolicies(ctx)];
  const [models, { endpoints }] = [
    await listModels(ctx, { limit: offered }),
    await listEndpoints(ctx, { limit: offered }),
  ];
  return {
    people,
    policies: policies.flatMap(({ id, name }) => (id ? [{ value: id, label: name }] : [])),
    models: models.map(({ name }) => name),
    endpoints: endpoints.map(({ name }) => name),
  };
}
