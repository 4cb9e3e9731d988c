import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { FeatureTabs } from "#components/develop/features/feature-tabs.tsx";
import { ServiceDialog } from "#components/develop/features/services/service-dialog.tsx";
import { ServicesTable } from "#components/develop/features/services/services-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { getFeatureDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { listFeatureServices } from "#server/develop/features/definitions/queries.ts";
import { listServiceUsers } from "#server/develop/features/definitions/service-users-queries.ts";
import { saveServiceAction } from "./actions.ts";
import { viewChoices } from "./view-choices.ts";

export const metadata = { title: "Services, Features" };

export default async function FeatureServicesPage() {
  const ctx = await requireContext();
  const services = await listFeatureServices(ctx);
  const definitions = await getFeatureDefinitions(ctx);
  const usersOf = Map.groupBy(await listServiceUsers(ctx), ({ service }) => service);
  const rows = services.map((service) => ({ service, users: usersOf.get(service.name) ?? [] }));
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "Services" }]} live>
      <LiveRefresh topics={["features"]} />
      <PageHead
        help="feature-store#feature-services"
        title="Feature services"
        context="The features of one model, from one or more views"
        actions={
          <ServiceDialog
            views={viewChoices(definitions)}
            save={saveServiceAction}
            why={denialReason(ctx.actor.role, "defineFeatureService")}
          />
        }
      />
      <FeatureTabs current="services" count={rows.length} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title="No feature services yet">
            Create one to define the features of a model once, for look-ups and training sets.
          </EmptyState>
        ) : (
          <ServicesTable rows={rows} views={[...definitions.views.values()]} />
        )}
      </Panel>
    </Page>
  );
}
