import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { emptyDraft, usualLimits } from "#components/watch/slo/form/draft.ts";
import { SloForm } from "#components/watch/slo/form/slo-form.tsx";
import { createSloAction, proposeViewLimitAction, replaySloAction, standardRulesAction } from "../actions.ts";
import { readFormChoices } from "../form-choices.ts";

export const metadata = { title: "New SLO" };

export default async function NewSloPage({ searchParams }: PageProps<"/slos/new">) {
  const ctx = await requireContext();
  const { endpoint, view, kind } = await searchParams;
  const choices = await readFormChoices(ctx);
  const why = denialReason(ctx.actor.role, "createSlo");
  const endpointId = choices.endpoints.find(({ label }) => label === endpoint)?.value ?? null;
  const viewId = choices.views.find(({ label }) => label === view)?.value ?? null;
  const kindOfView = kind === "feature-freshness" ? kind : "view-lag";
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
          initial={{
            ...emptyDraft,
            endpointId,
            ...(viewId && { viewId, kind: kindOfView, limit: usualLimits[kindOfView] ?? "" }),
          }}
          choices={choices}
          save={createSloAction}
          replay={replaySloAction}
          propose={proposeViewLimitAction}
          standard={standardRulesAction}
        />
      )}
    </Page>
  );
}
