"use client";

import { AreaChart } from "#components/charts/area-chart.tsx";
import { LineChart } from "#components/charts/line-chart.tsx";
import { gpuCharts } from "#components/serve/endpoints/gpu-series.ts";
import { TrafficStrip } from "#components/serve/endpoints/traffic-strip.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { type ChartedTraffic, useTrafficCharts } from "./use-traffic-charts.tsx";

/** Renders the summary strip and charts of an endpoint, reloaded over time and after each deployment. */
export function TrafficLive(props: ChartedTraffic) {
  const { traffic, span, charts, served, common: all, stale } = useTrafficCharts(props);
  const gpus = traffic && gpuCharts(traffic, span);
  const common = { ...all, height: 170, ribbon: served };
  return (
    <>
      {stale}
      <TrafficStrip traffic={traffic} range={props.range} />
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
