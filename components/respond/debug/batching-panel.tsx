"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { markGaps, type Series } from "#components/charts/prepare.ts";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { Columns } from "#components/ui/page-head.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { Batching } from "#server/respond/debug/contract.ts";
import type { DebugState } from "./debug-state.ts";

interface BatchingPanelProps {
  endpoint: string;
  state: DebugState;
  batching: Wire<Batching>;
  markers: Marker[];
}

type Step = Wire<Batching>["steps"][number];

/** Charts how the duration of a request is composed, and the batch size. */
export function BatchingPanel({ endpoint, state, batching, markers }: BatchingPanelProps) {
  const onZoom = useRangeZoom();
  const { steps, stepSeconds } = batching;
  const line = (id: keyof Omit<Step, "at">, label: string): Series => ({
    id,
    label,
    points: markGaps(
      steps.map((step) => ({ at: Date.parse(step.at), value: step[id] })),
      stepSeconds * 1000,
    ),
  });
  const common = {
    height: 150,
    range: { from: state.from, to: state.to },
    onZoom,
    markers,
    fromZero: true,
    syncId: `debug-${endpoint}`,
    gapWord: "no responses",
    empty: <span className="lw-small lw-quiet">No sampled requests ran in this range.</span>,
  };
  return (
    <Columns columns="minmax(0, 2fr) minmax(0, 1fr)">
      <LineChart
        {...common}
        title="Latency breakdown"
        subtitle="ms, mean of up to 100 sampled requests per step"
        unit="ms"
        series={[
          line("computeMs", "the model"),
          line("queueMs", "queue"),
          line("beforeMs", "before"),
          line("afterMs", "after"),
        ]}
      />
      <LineChart
        {...common}
        title="Batch size"
        subtitle="rows per batch"
        unit="rows"
        series={[line("batchRowsMean", "rows")]}
      />
    </Columns>
  );
}
