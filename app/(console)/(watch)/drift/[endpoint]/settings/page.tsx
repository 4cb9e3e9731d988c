import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { driftHref } from "#components/watch/monitoring/drift/addresses.ts";
import { MonitorForm } from "#components/watch/monitoring/drift/monitor-form.tsx";
import { EndpointTabs } from "#components/watch/monitoring/endpoint-tabs.tsx";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { setMonitorAction } from "../actions.ts";

type Props = PageProps<"/drift/[endpoint]/settings">;

export async function generateMetadata({ params }: Props) {
  return { title: `Settings, ${decodeURIComponent((await params).endpoint)}, Drift` };
}

export default async function MonitorSettingsPage({ params }: Props) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const { id: endpointId, current, archivedAt } = await found(getEndpoint(ctx, { name }));
  const monitor = await getMonitor(ctx, { endpointId });
  const served = current && (await getVersion(ctx, { name: current.modelName, version: current.version }));
  const inputs = served?.signature?.inputs.flatMap(({ name }) => (name ? [name] : [])) ?? [];
  return (
    <Page
      crumbs={[
        { label: "Drift", href: "/drift" },
        { label: name, href: driftHref({ endpoint: name }) },
        { label: "Settings" },
      ]}
    >
      <PageHead
        help="monitoring#monitor-settings"
        title={`Monitoring settings of ${name}`}
        context={monitor.updatedBy ? `Last changed by ${monitor.updatedBy}` : "Default settings"}
      />
      <EndpointTabs endpoint={name} current="settings" />
      <Panel title="Monitoring" subtitle="drift, quality and fairness of its predictions">
        <MonitorForm
          endpointId={endpointId}
          settings={monitor.settings}
          revision={monitor.revision}
          inputs={inputs}
          action={setMonitorAction}
          disabledReason={archivedAt ? "archived" : denialReason(ctx.actor.role, "setMonitor")}
          key={monitor.revision}
        />
      </Panel>
    </Page>
  );
}
