import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { IncidentSections } from "#components/respond/incidents/incident-sections.tsx";
import { RunbooksTable } from "#components/respond/incidents/runbooks/runbooks-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";

export const metadata = { title: "Runbooks, Incidents" };

export default async function RunbooksPage() {
  const ctx = await requireContext();
  const why = denialReason(ctx.actor.role, "createRunbook");
  return (
    <Page crumbs={[{ label: "Incidents", href: "/incidents" }, { label: "Runbooks" }]}>
      <PageHead
        help="on-call#runbooks"
        title="Runbooks"
        context="Step-by-step procedures; completed steps are recorded on the incident timeline"
        actions={
          why ? (
            <span className="lw-small lw-quiet">Creating a runbook {why}.</span>
          ) : (
            <ButtonLink href="/incidents/runbooks/new">Create a runbook</ButtonLink>
          )
        }
      />
      <IncidentSections current="runbooks" />
      <Panel title="Runbooks" subtitle="by name" flush>
        <RunbooksTable runbooks={await listRunbooks(ctx)} />
      </Panel>
    </Page>
  );
}
