import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { RecurrenceForm } from "#components/respond/silences/recurrence-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { previewAction, saveRecurrenceAction } from "../actions.ts";

export const metadata = { title: "New recurring silence, Alerts" };

export default async function RecurringSilencePage({ searchParams }: PageProps<"/alerts/silences/recurring">) {
  const ctx = await requireContext();
  const why = denialReason(ctx.actor.role, "setSilence");
  const { matchers } = await searchParams;
  return (
    <Page crumbs={[...alertsCrumbs("silences", true), { label: "New recurring silence" }]}>
      <PageHead
        help="on-call#silences"
        title="New recurring silence"
        context="For planned work that repeats, in the local time of a place"
      />
      <Panel>
        {why ? (
          <EmptyState title="You cannot silence alerts">Silencing alerts {why}.</EmptyState>
        ) : (
          <RecurrenceForm
            matchers={typeof matchers === "string" ? matchers : ""}
            save={saveRecurrenceAction}
            preview={previewAction}
          />
        )}
      </Panel>
    </Page>
  );
}
