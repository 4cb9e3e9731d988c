import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { LinkedViews } from "#components/develop/features/linked-views.tsx";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { BlockedVersions } from "#components/release/blocks/blocked-versions.tsx";
import { CascadePanel } from "#components/release/endpoints/cascade-panel.tsx";
import { DeploymentsTable } from "#components/release/endpoints/deployments-table.tsx";
import { TrafficLive } from "#components/release/endpoints/traffic-live.tsx";
import { RolloutNotice } from "#components/release/rollouts/rollout-notice.tsx";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { CallPanel } from "#components/serve/endpoints/call-panel.tsx";
import { CapacityPanel } from "#components/serve/endpoints/capacity-panel.tsx";
import { DroppedNotice } from "#components/serve/endpoints/dropped-notice.tsx";
import { EndpointTabs } from "#components/serve/endpoints/endpoint-tabs.tsx";
import { InferenceAddress } from "#components/serve/endpoints/inference-address.tsx";
import { RangeMenu } from "#components/serve/endpoints/range-menu.tsx";
import { rangeOf } from "#components/serve/endpoints/time-range.ts";
import { ViolationsPanel } from "#components/serve/endpoints/violations-panel.tsx";
import { PredictionsPanel } from "#components/serve/predictions/predictions-panel.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { getEndpoint, listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { unblockAction } from "./actions.ts";
import { EndpointActions } from "./endpoint-actions.tsx";
import { readEndpointPage } from "./read-page.ts";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function EndpointPage({ params, searchParams }: PageProps<"/endpoints/[endpoint]">) {
  const name = decodeURIComponent((await params).endpoint);
  const range = rangeOf((await searchParams).range);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const { id, current, history, gateways } = endpoint;
  const [described] = await withStates(ctx, [endpoint]);
  const {
    traffic,
    capacity,
    protection,
    violations,
    cascade,
    predictions,
    signatures,
    example,
    rollout,
    markers,
    views,
    blocks,
  } = await readEndpointPage(ctx, endpoint, range);
  const { endpoints } = await listEndpoints(ctx);
  const siblings = endpoints.map((each) => ({ label: each.name, href: endpointHref(each.name) }));
  const { gatewayUrl } = runtime().config;
  return (
    <Page
      crumbs={[
        { label: "Endpoints", href: "/endpoints" },
        { label: name, siblings },
      ]}
      live
      controls={<RangeMenu />}
    >
      <LiveRefresh topics={["endpoint"]} id={id} everyMs={15_000} />
      {rollout && <LiveRefresh topics={["rollout"]} id={rollout.id} />}
      <PageHead
        help="deploy#request-predictions"
        title={name}
        badges={described && <EndpointStateBadge state={described.state} filled />}
        context={
          <>
            <InferenceAddress gatewayUrl={gatewayUrl} endpoint={name} />
            <LineageLink kind="endpoint" id={id} />
          </>
        }
        sentence={described?.state.reason ?? undefined}
        actions={
          <EndpointActions
            ctx={ctx}
            endpoint={endpoint}
            traffic={traffic}
            range={range}
            blocks={blocks}
            isRollingOut={rollout !== undefined}
          />
        }
      />
      <RolloutNotice rollout={rollout} />
      <EndpointTabs endpoint={name} current="traffic" />
      <DroppedNotice gateways={gateways} />
      <TrafficLive
        endpoint={{ id, name }}
        servingId={current?.versionId}
        history={toWire(history)}
        rollouts={toWire(markers)}
        range={range}
        initial={traffic && toWire(traffic)}
      />
      <Panel
        id="deployments"
        title="Deployments"
        subtitle={`newest first; metrics for the last ${range.label}`}
        right={<span className="lw-small lw-quiet">{plural(gateways.length, "gateway")}</span>}
        flush
      >
        <BlockedVersions
          endpoint={{ id, name }}
          blocks={blocks}
          unblock={unblockAction}
          actorName={ctx.actor.name}
          why={denialReason(ctx.actor.role, "unblockVersion")}
        />
        {history.length === 0 ? (
          <EmptyState title="Nothing deployed yet">
            Click “Deploy a version” above. The endpoint serves requests as soon as a gateway has loaded it.
          </EmptyState>
        ) : (
          <DeploymentsTable history={history} gateways={gateways} versions={traffic?.versions ?? []} />
        )}
      </Panel>
      <CapacityPanel advice={capacity} rangeLabel={range.label} />
      <CascadePanel endpoint={name} report={cascade} rangeLabel={range.label} />
      <LinkedViews views={views} subtitle="that its versions look up" through="Version" />
      <ViolationsPanel endpoint={name} fields={protection.fields} report={violations} rangeLabel={range.label} />
      <Columns columns={example ? "minmax(0, 1fr) 348px" : "minmax(0, 1fr)"}>
        <PredictionsPanel endpoint={endpoint} signatures={signatures} initial={predictions && toWire(predictions)} />
        {example && <CallPanel gatewayUrl={gatewayUrl} endpoint={name} request={example} />}
      </Columns>
    </Page>
  );
}
