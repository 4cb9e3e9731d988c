import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { emptyDraft } from "#components/watch/slo/form/draft.ts";
import { SloForm } from "#components/watch/slo/form/slo-form.tsx";
import { createSloAction, replaySloAction, standardRulesAction } from "../actions.ts";
import { readFormChoices } from "../form-choices.ts";

export const metadata = { title: "New SLO" };

export default async function NewSloPage({ searchParams }: PageProps<"/slos/new">) {
  const ctx = await requireContext();
  const { endpoint } = await searchParams;
  const choices = await readFormChoices(ctx);
  const why = denialReason(ctx.actor.role, "createSlo");
  const endpointId = choices.endpoints.find(({ label }) => label === endpoint)?.value ?? null;
  return (
    <Page crumbs={[{ label: "SLOs", href: "/slos" }, { label: "New" }]}>
      <PageHead
        help="slos#create-an-slo"
        title="New SLO"
        context="Set an objective, its error budget, and who is notified when it burns too fast"
      />
      {why ? (
        <Panel>
          <EmptyState title="You cannot create SLOs">Creating SLOs {why}.</EmptyState>
        </Panel>
      ) : (
        <SloForm
          initial={{ ...emptyDraft, endpointId }}
          choices={choices}
          save={createSloAction}
          replay={replaySloAction}
          standard={standardRulesAction}
        />
      )}
    </Page>
  );
}
