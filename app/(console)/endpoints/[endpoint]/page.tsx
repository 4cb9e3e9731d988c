import { IconPlayerPlay } from "@tabler/icons-react";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { endpointHref, playgroundHref } from "#components/serving/addresses.ts";
import { CallPanel } from "#components/serving/call-panel.tsx";
import { DeployButton } from "#components/serving/deploy-button.tsx";
import { rollbackEvidence } from "#components/serving/deploy-words.ts";
import { DeploymentsTable } from "#components/serving/deployments-table.tsx";
import { EndpointStateBadge } from "#components/serving/endpoint-state-badge.tsx";
import { InferenceAddress } from "#components/serving/inference-address.tsx";
import { PredictionsPanel } from "#components/serving/predictions-panel.tsx";
import { RangeMenu } from "#components/serving/range-menu.tsx";
import { RollbackButton } from "#components/serving/rollback-button.tsx";
import { rangeOf } from "#components/serving/time-range.ts";
import { TrafficLive } from "#components/serving/traffic-live.tsx";
import { toWire } from "#components/serving/wire.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { plural } from "#components/ui/format.ts";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Deployment } from "#server/serving/contract.ts";
import { getEndpoint, listEndpoints } from "#server/serving/endpoint-queries.ts";
import { deployAction } from "../actions.ts";
import { whyNotDeploy } from "../may-deploy.ts";
import { versionChoices } from "../version-choices.ts";
import { readEndpointPage } from "./read-page.ts";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function EndpointPage({ params, searchParams }: PageProps<"/endpoints/[endpoint]">) {
  const name = decodeURIComponent((await params).endpoint);
  const range = rangeOf((await searchParams).range);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const { current, history, gateways, state } = endpoint;
  const { traffic, predictions, signatures, example } = await readEndpointPage(ctx, endpoint, range);
  const choices = await versionChoices(ctx, current);
  const { endpoints: siblings } = await listEndpoints(ctx);
  const { gatewayUrl, executionProviders } = runtime().config;
  const place = {
    id: endpoint.id,
    name,
    current: current ? choices.find(({ version }) => version === current.version) : undefined,
  };
  const previous = history.find(({ versionId }) => versionId !== current?.versionId);
  const measuredOf = ({ versionId, version }: Deployment) => ({
    name: `v${version}`,
    total: traffic?.versions.find((each) => each.versionId === versionId)?.total,
  });
  const actorName = ctx.actor.name;
  const why = endpoint.archivedAt ? "archived" : whyNotDeploy(ctx.actor.role);
  return (
    <Page
      crumbs={[
        { label: "Endpoints", href: "/endpoints" },
        { label: name, siblings: siblings.map((each) => ({ label: each.name, href: endpointHref(each.name) })) },
      ]}
      live
      controls={<RangeMenu />}
    >
      <LiveRefresh topics={["endpoint"]} id={endpoint.id} everyMs={15_000} />
      <PageHead
        title={name}
        badges={<EndpointStateBadge state={state} filled />}
        context={<InferenceAddress gatewayUrl={gatewayUrl} endpoint={name} />}
        sentence={state.message ?? undefined}
        actions={
          <>
            {current && (
              <ButtonLink
                href={playgroundHref(current.modelName, { a: current.version })}
                variant="default"
                leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
              >
                Try a request
              </ButtonLink>
            )}
            <DeployButton
              places={[place]}
              versions={choices}
              deploy={deployAction}
              actorName={actorName}
              providers={executionProviders}
              primary={!current}
              why={why}
            >
              {current ? "Deploy another version…" : "Deploy a version…"}
            </DeployButton>
            {current && previous && !why && (
              <RollbackButton
                endpoint={{ id: endpoint.id, name }}
                current={current}
                previous={previous}
                deploy={deployAction}
                actorName={actorName}
                evidence={rollbackEvidence(range.label, measuredOf(current), measuredOf(previous))}
              />
            )}
          </>
        }
      />
      <TrafficLive
        endpoint={{ id: endpoint.id, name }}
        servingId={current?.versionId}
        history={toWire(history)}
        range={range}
        initial={traffic && toWire(traffic)}
      />
      <Panel
        id="deployments"
        title="Deployments"
        subtitle={`newest first; numbers of the last ${range.label}`}
        right={<span className="lw-small lw-quiet">{plural(gateways.length, "gateway")}</span>}
        flush
      >
        {history.length === 0 ? (
          <EmptyState title="Nothing is deployed yet">
            Choose “Deploy a version” above. The endpoint answers as soon as a gateway has loaded it.
          </EmptyState>
        ) : (
          <DeploymentsTable history={history} gateways={gateways} versions={traffic?.versions ?? []} />
        )}
      </Panel>
      <Columns columns={example ? "minmax(0, 1fr) 348px" : "minmax(0, 1fr)"}>
        <PredictionsPanel endpoint={endpoint} signatures={signatures} initial={predictions && toWire(predictions)} />
        {example && <CallPanel gatewayUrl={gatewayUrl} endpoint={name} request={example} />}
      </Columns>
    </Page>
  );
}
