import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { RoutingEditor } from "#components/respond/routes/routing-editor.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { getRouting } from "#server/alerting/alerts/routing/queries.ts";
import { listReceivers } from "#server/alerting/notifications/receivers/queries.ts";
import { parseMatchersAction, setRoutingAction } from "../actions.ts";

export const metadata = { title: "Edit routes, Alerts" };

export default async function EditRoutesPage() {
  const ctx = await requireContext();
  const [{ routing, revision }, receivers] = await Promise.all([getRouting(ctx), listReceivers(ctx)]);
  const why = denialReason(ctx.actor.role, "setRouting");
  return (
    <Page crumbs={[...alertsCrumbs("routes", true), { label: "Edit" }]}>
      <PageHead
        help="on-call#routes"
        title="Edit routes"
        context="The first matching route handles an alert. Empty fields are inherited from the parent route"
      />
      <Panel>
        {why ? (
          <EmptyState title="You cannot edit routes">Editing routes {why}.</EmptyState>
        ) : (
          <RoutingEditor
            routing={routing}
            revision={revision}
            actorName={ctx.actor.name}
            receivers={receivers.map(({ name }) => name)}
            parse={parseMatchersAction}
            save={setRoutingAction}
          />
        )}
      </Panel>
    </Page>
  );
}
