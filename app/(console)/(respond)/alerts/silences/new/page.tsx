import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { SilenceForm } from "#components/respond/silences/silence-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { previewAction, saveSilenceAction } from "../actions.ts";

export const metadata = { title: "New silence, Alerts" };

export default async function NewSilencePage({ searchParams }: PageProps<"/alerts/silences/new">) {
  const ctx = await requireContext();
  const why = denialReason(ctx.actor.role, "setSilence");
  const { matchers } = await searchParams;
  return (
    <Page crumbs={[...alertsCrumbs("silences", true), { label: "New" }]}>
      <PageHead
        help="on-call#silences"
        title="New silence"
        context="Suppresses notifications; silenced alerts stay visible"
      />
      <Panel>
        {why ? (
          <EmptyState title="You cannot silence alerts">Silencing alerts {why}.</EmptyState>
        ) : (
          <SilenceForm
            silence={{ matchers: typeof matchers === "string" ? matchers : "" }}
            save={saveSilenceAction}
            preview={previewAction}
          />
        )}
      </Panel>
    </Page>
  );
}
