import { requireContext, runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { CascadePanel } from "#components/release/endpoints/cascade-panel.tsx";
import { TrafficLive } from "#components/release/traffic/traffic-live.tsx";
import { endpointTasksHref, loadTestsHref } from "#components/serve/endpoints/addresses.ts";
import { CallPanel } from "#components/serve/endpoints/call-panel.tsx";
import { CapacityPanel } from "#components/serve/endpoints/capacity-panel.tsx";
import { DroppedNotice } from "#components/serve/endpoints/dropped-notice.tsx";
import { rangeOf, resolveSince, timeRanges } from "#components/serve/endpoints/time-range.ts";
import { PredictionsPanel } from "#components/serve/predictions/predictions-panel.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { plural } from "#components/ui/format.ts";
import { Columns, TabHead } from "#components/ui/page-head.tsx";
import { toWire } from "#components/ui/wire.ts";
import { adviseCapacity, seenLoad } from "#server/serve/capacity/advise.ts";
import { getCascadeReport } from "#server/serve/cascade/report-queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import { readExample, readTraffic } from "../read-page.ts";
import { signaturesOf } from "../signatures-of.ts";

type Props = PageProps<"/endpoints/[endpoint]/traffic">;

const predictionRows = 12;

export async function generateMetadata({ params }: Props) {
  return { title: `Traffic, ${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function TrafficPage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const range = rangeOf(resolveSince(await searchParams, endpoint.current?.deployedAt));
  const { id: endpointId, current, history, gateways } = endpoint;
  const { traffic, nearest, markers, span } = await readTraffic(ctx, endpoint, range);
  const cascade = await orUndefined("cascade", () => getCascadeReport(ctx, { endpointId, ...span }));
  const logged = await orUndefined("predictions", () => listPredictions(ctx, { endpointId, limit: predictionRows }));
  // The later steps of a cascade serve requests too, and need not have been deployed here.
  const signatures = await signaturesOf(ctx, [...(cascade?.steps ?? []), ...history]);
  const load = traffic && seenLoad(traffic, endpoint);
  const example = await readExample(ctx, endpoint);
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="traffic"
      help="deploy#request-predictions"
      range={{ shown: range, choices: timeRanges }}
    >
      <TabHead
        context={plural(gateways.length, "gateway")}
        actions={
          <>
            <ButtonLink href={endpointTasksHref(name)} variant="default">
              Async requests
            </ButtonLink>
            <ButtonLink href={loadTestsHref(name)} variant="default">
              Load tests
            </ButtonLink>
          </>
        }
      />
      <DroppedNotice gateways={gateways} />
      <TrafficLive
        endpoint={{ id: endpointId, name }}
        servingId={current?.versionId}
        history={toWire(history)}
        rollouts={toWire(markers)}
        range={range}
        initial={traffic && toWire(traffic)}
        nearest={nearest?.getTime()}
      />
      <CapacityPanel advice={load && adviseCapacity(load)} rangeText={range.words} />
      <CascadePanel endpoint={name} report={cascade} rangeText={range.words} />
      <Columns columns={example ? "minmax(0, 1fr) 348px" : "minmax(0, 1fr)"}>
        <PredictionsPanel endpoint={endpoint} signatures={signatures} initial={logged && toWire(logged.predictions)} />
        {example && <CallPanel gatewayUrl={runtime().config.gatewayUrl} endpoint={name} request={example} />}
      </Columns>
    </ServicePage>
  );
}
