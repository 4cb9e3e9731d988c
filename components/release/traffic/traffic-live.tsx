"use client";

import { AreaChart } from "#components/charts/area-chart.tsx";
import { LineChart } from "#components/charts/line-chart.tsx";
import { rolloutMarkers } from "#components/release/rollouts/rollout-markers.ts";
import { gpuCharts } from "#components/serve/endpoints/gpu-series.ts";
import { spanOf, type TimeRange } from "#components/serve/endpoints/time-range.ts";
import { deploymentMarkers, trafficCharts } from "#components/serve/endpoints/traffic-series.ts";
import { TrafficStrip } from "#components/serve/endpoints/traffic-strip.tsx";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { formatClock } from "#components/ui/format-time.ts";
import { useNow } from "#components/ui/now.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { RolloutMarker } from "#server/release/rollouts/markers/contract.ts";
import { type Deployment, endpointTabHref } from "#server/serve/endpoints/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { useTraffic } from "./use-traffic.ts";

interface TrafficLiveProps {
  endpoint: { id: string; name: string };
  /** Id of the currently serving version, so that it keeps its colour. */
  servingId: string | undefined;
  /** Newest first. */
  history: Wire<Deployment>[];
  /** Traffic changes by rollouts in the range. */
  rollouts: Wire<RolloutMarker>[];
  range: TimeRange;
  /** Read with the page; undefined when that failed. */
  initial: Wire<EndpointSeries> | undefined;
}

/** Renders the summary strip and charts of an endpoint, reloaded over time and after each deployment. */
export function TrafficLive({ endpoint, servingId, history, rollouts, range, initial }: TrafficLiveProps) {
  const { data, error, dataUpdatedAt } = useTraffic(endpoint, range, initial);
  const onZoom = useRangeZoom();
  const now = useNow(10_000);
  const { from, to } = spanOf(range, now);
  const span = { from: from.getTime(), to: to.getTime() };
  const charts = data && trafficCharts(data, servingId, span);
  const gpus = data && gpuCharts(data, span);
  const common = {
    height: 170,
    onZoom,
    range: span,
    syncId: `endpoint-${endpoint.id}`,
    markers: [...deploymentMarkers(history, endpointTabHref(endpoint.name, "releases")), ...rolloutMarkers(rollouts)],
    loading: !data && !error,
    empty: <NothingMeasured deployed={history.length > 0} />,
  };
  return (
    <>
      {error && (
        <StaleLine>
          {data ? `Showing data as of ${formatClock(dataUpdatedAt)}. ` : ""} Could not load traffic: {error.message}{" "}
          Retrying…
        </StaleLine>
      )}
      <TrafficStrip traffic={data} range={range} />
      <Columns>
        <AreaChart {...common} gapWord="no gateway" title="Requests per second" unit="" series={charts?.rate ?? []} />
        <LineChart {...common} title="Latency" subtitle="ms" unit="ms" fromZero series={charts?.latency ?? []} />
        <LineChart
          {...common}
          title="Errors"
          subtitle="% of requests"
          unit="%"
          fromZero
          series={charts?.errors ?? []}
        />
      </Columns>
      {gpus && (
        <Columns>
          <LineChart
            {...common}
            title="GPU utilisation"
            subtitle="% of time, across serving machines"
            unit="%"
            fromZero
            series={gpus.utilisation}
          />
          <LineChart {...common} title="GPU memory" subtitle="GB in use" unit="GB" fromZero series={gpus.memory} />
        </Columns>
      )}
    </>
  );
}

/** Says why a chart of traffic is empty. */
export function NothingMeasured({ deployed }: { deployed: boolean }) {
  return (
    <span className="lw-small lw-quiet">
      {deployed ? "No gateway served this endpoint in this time range." : "Nothing has been deployed yet."}
    </span>
  );
}
