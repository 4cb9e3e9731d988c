import { requireContext, runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { readHealth } from "#app/_service/read-health.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { RolloutNotice } from "#components/release/rollouts/rollout-notice.tsx";
import { HealthBeside } from "#components/respond/service/health-beside.tsx";
import { HealthLive } from "#components/respond/service/health-live.tsx";
import { HealthTiles } from "#components/respond/service/health-tiles.tsx";
import { CallPanel } from "#components/serve/endpoints/call-panel.tsx";
import { DroppedNotice } from "#components/serve/endpoints/dropped-notice.tsx";
import { rangeOf, resolveSince, timeRanges } from "#components/serve/endpoints/time-range.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { toWire } from "#components/ui/wire.ts";
import { getServiceHead } from "#server/respond/service/head-queries.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { DeployVersionButton } from "./endpoint-actions.tsx";
import { readExample, readTraffic } from "./read-page.ts";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function HealthPage({ params, searchParams }: PageProps<"/endpoints/[endpoint]">) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const range = rangeOf(resolveSince(await searchParams, endpoint.current?.deployedAt));
  const { id, current, history, gateways } = endpoint;
  const head = await getServiceHead(ctx, endpoint);
  const { traffic, nearest, rollout, markers } = await readTraffic(ctx, endpoint, range);
  const { incident } = head;
  const triage = incident && (await orUndefined("triage", () => getTriage(ctx, { incident: incident.number })));
  const health = await readHealth(ctx, id, triage?.cause);
  const example = traffic?.total.requests === 0 ? await readExample(ctx, endpoint) : undefined;
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="health"
      head={head}
      triage={triage ?? undefined}
      help="deploy#request-predictions"
      range={{ shown: range, choices: timeRanges }}
      actions={<DeployVersionButton ctx={ctx} endpoint={endpoint} />}
    >
      {rollout && <LiveRefresh topics={["rollout"]} id={rollout.id} />}
      <RolloutNotice rollout={rollout} />
      <DroppedNotice gateways={gateways} />
      <HealthLive
        endpoint={{ id, name }}
        servingId={current?.versionId}
        history={toWire(history)}
        rollouts={toWire(markers)}
        range={range}
        initial={traffic && toWire(traffic)}
        nearest={nearest?.getTime()}
        tiles={<HealthTiles endpoint={name} health={health} />}
        beside={<HealthBeside endpoint={name} incident={head.incident} health={health} now={Date.now()} />}
      />
      {example && <CallPanel gatewayUrl={runtime().config.gatewayUrl} endpoint={name} request={example} />}
    </ServicePage>
  );
}
