import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { RunbookEditor } from "#components/respond/incidents/runbooks/runbook-editor.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { createRunbookAction } from "../actions.ts";

export const metadata = { title: "New runbook, Incidents" };

const crumbs = [
  { label: "Incidents", href: "/incidents" },
  { label: "Runbooks", href: "/incidents/runbooks" },
  { label: "New" },
];

export default async function NewRunbookPage() {
  const ctx = await requireContext();
  const why = denialReason(ctx.actor.role, "createRunbook");
  return (
    <Page crumbs={crumbs}>
      <PageHead help="on-call#runbooks" title="New runbook" />
      <Panel>
        {why ? (
          <EmptyState title="You cannot edit runbooks">Creating a runbook {why}.</EmptyState>
        ) : (
          <RunbookEditor save={createRunbookAction} actorName={ctx.actor.name} />
        )}
      </Panel>
    </Page>
  );
}
