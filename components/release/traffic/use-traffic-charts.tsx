"use client";

import { rolloutMarkers } from "#components/release/rollouts/rollout-markers.ts";
import { NearestTime } from "#components/serve/endpoints/nearest-time.tsx";
import { servedRibbon } from "#components/serve/endpoints/served-ribbon.ts";
import { spanOf, type TimeRange } from "#components/serve/endpoints/time-range.ts";
import { deploymentMarkers, type TrafficCharts, trafficCharts } from "#components/serve/endpoints/traffic-series.ts";
import { useHiddenVersions } from "#components/serve/endpoints/use-hidden-versions.ts";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { versionLabel } from "#components/serve/endpoints/version-label.ts";
import { formatClock } from "#components/ui/format-time.ts";
import { useNow } from "#components/ui/now.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { RolloutMarker } from "#server/release/rollouts/markers/contract.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { useTraffic } from "./use-traffic.ts";

export interface ChartedTraffic {
  endpoint: { id: string; name: string };
  /** Id of the version that serves now, so that it keeps its colour. */
  servingId: string | undefined;
  /** Newest first. */
  history: Wire<Deployment>[];
  /** Traffic changes by rollouts in the range. */
  rollouts: Wire<RolloutMarker>[];
  range: TimeRange;
  /** Read with the page; undefined when that failed. */
  initial: Wire<EndpointSeries> | undefined;
  /** When the endpoint had requests nearest to a range without any, in milliseconds since 1970; undefined where it never had any. */
  nearest?: number | undefined;
}

/**
 * Returns the traffic of an endpoint over a range and what its charts need: their series, what all of them have in common, and the line that says
 * that they are stale.
 */
export function useTrafficCharts({ endpoint, servingId, history, rollouts, range, initial, nearest }: ChartedTraffic) {
  const { data: traffic, error, dataUpdatedAt } = useTraffic(endpoint, range, initial);
  const onZoom = useRangeZoom();
  const now = useNow(10_000);
  const { from, to } = spanOf(range, now);
  const span = { from: from.getTime(), to: to.getTime() };
  const [hidden] = useHiddenVersions();
  const releases = endpointTabHref(endpoint.name, "releases");
  return {
    traffic,
    span,
    charts: traffic && without(hidden, traffic, history[0], trafficCharts(traffic, servingId, span)),
    served: servedRibbon(history, span),
    common: {
      onZoom,
      range: span,
      syncId: `endpoint-${endpoint.id}`,
      markers: [...deploymentMarkers(history, releases), ...rolloutMarkers(rollouts)],
      loading: !traffic && !error,
      empty: (
        <span className="lw-small lw-quiet">
          {hidden.size > 0 && (traffic?.steps.length ?? 0) > 0
            ? "The versions shown had no requests in this time range."
            : history.length > 0
              ? "No gateway served this endpoint in this time range."
              : "Nothing has been deployed yet."}
          {nearest !== undefined && (
            <>
              {" "}
              <NearestTime at={nearest} lengthMs={range.lengthMs} />
            </>
          )}
        </span>
      ),
    },
    stale: error && (
      <StaleLine>
        {traffic ? `Showing data as of ${formatClock(dataUpdatedAt)}. ` : ""} Could not load traffic: {error.message}{" "}
        Retrying…
      </StaleLine>
    ),
  };
}

/** Leaves out what the key of the versions hides. */
function without(
  hidden: ReadonlySet<string>,
  { versions }: Wire<EndpointSeries>,
  current: { modelName: string } | undefined,
  charts: TrafficCharts,
): TrafficCharts {
  if (hidden.size === 0) return charts;
  const ids = new Set(versions.filter((each) => hidden.has(versionLabel(each, current))).map((each) => each.versionId));
  const kept = (series: TrafficCharts["rate"]) => series.filter(({ id }) => !ids.has(id));
  return { ...charts, rate: kept(charts.rate), errors: kept(charts.errors), p95: kept(charts.p95) };
}
