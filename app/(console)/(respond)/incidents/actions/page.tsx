import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { ActionsTable } from "#components/respond/incidents/actions-table.tsx";
import { IncidentSections } from "#components/respond/incidents/incident-sections.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { listActions } from "#server/respond/incidents/actions/queries.ts";
import { updateActionAction } from "../actions.ts";

export const metadata = { title: "Actions, Incidents" };

export default async function IncidentActionsPage({ searchParams }: PageProps<"/incidents/actions">) {
  const ctx = await requireContext();
  const showsAll = (await searchParams).show === "all";
  const actions = await listActions(ctx, showsAll ? {} : { isOpen: true });
  const overdue = actions.filter(({ isOverdue }) => isOverdue).length;
  const open = actions.filter(({ doneAt }) => doneAt === null).length;
  return (
    <Page crumbs={[{ label: "Incidents", href: "/incidents" }, { label: "Actions" }]} live>
      <LiveRefresh topics={["incident"]} />
      <PageHead
        help="on-call#incidents"
        title="Actions"
        context="Follow-up actions from incidents, with their owners"
        sentence={
          overdue > 0
            ? `${plural(overdue, "action")} of ${open} overdue.`
            : `${plural(open, "action")} open, none overdue.`
        }
      />
      <IncidentSections
        current="actions"
        right={
          <SegmentedLinks
            label="Filter actions"
            items={[
              { label: "Open", href: "/incidents/actions", current: !showsAll },
              { label: "All", href: "/incidents/actions?show=all", current: showsAll },
            ]}
          />
        }
      />
      <Panel title="Actions" subtitle="due first" flush>
        <ActionsTable
          actions={actions}
          update={updateActionAction}
          why={denialReason(ctx.actor.role, "updateAction")}
          showsIncident
          empty={<EmptyState title="No open actions">Add actions on the “Actions” section of an incident.</EmptyState>}
        />
      </Panel>
    </Page>
  );
}
