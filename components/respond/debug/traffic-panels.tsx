"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import type { Series } from "#components/charts/prepare.ts";
import { trafficCharts } from "#components/serve/endpoints/traffic-series.ts";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { Columns } from "#components/ui/page-head.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import type { DebugState } from "./debug-state.ts";
import { overlaid } from "./overlaid.ts";

interface TrafficPanelsProps {
  endpoint: string;
  state: DebugState;
  servingId: string | undefined;
  traffic: Wire<EndpointSeries>;
  /** The span that it is held against, with its times moved by `shift` milliseconds. */
  compared: { traffic: Wire<EndpointSeries>; shift: number; label: string } | undefined;
  markers: Marker[];
}

/** Renders rate, latency and errors over the range of the board, with the comparison range behind them. */
export function TrafficPanels({ endpoint, state, servingId, traffic, compared, markers }: TrafficPanelsProps) {
  const onZoom = useRangeZoom();
  const range = { from: state.from, to: state.to };
  const now = trafficCharts(traffic, servingId, range);
  const before =
    compared &&
    trafficCharts(compared.traffic, undefined, { from: range.from - compared.shift, to: range.to - compared.shift });
  const withBefore = (own: readonly Series[], others: readonly Series[] | undefined) =>
    compared && others ? overlaid(own, others, compared) : [...own];
  const common = { height: 160, range, onZoom, markers, syncId: `debug-${endpoint}`, fromZero: true };
  return (
    <Columns>
      <LineChart
        {...common}
        title="Requests per second"
        subtitle="by version"
        unit=""
        series={withBefore(now.rate, before?.rate)}
      />
      <LineChart
        {...common}
        title="Latency"
        subtitle="ms"
        unit="ms"
        series={withBefore(now.latency, before?.latency)}
      />
      <LineChart
        {...common}
        title="Errors"
        subtitle="% of requests"
        unit="%"
        series={withBefore(now.errors, before?.errors)}
      />
    </Columns>
  );
}
