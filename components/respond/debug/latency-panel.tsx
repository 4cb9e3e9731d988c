"use client";

import { useRouter } from "next/navigation";
import { HeatMap } from "#components/charts/heat-map.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { LatencyHeatMap } from "#server/respond/debug/contract.ts";
import { type DebugState, debugHref } from "./debug-state.ts";

interface LatencyPanelProps {
  endpoint: string;
  state: DebugState;
  map: Wire<LatencyHeatMap>;
  markers: Marker[];
}

/** Shows the distribution of latency over time. A cell links to the requests in it. */
export function LatencyPanel({ endpoint, state, map, markers }: LatencyPanelProps) {
  const router = useRouter();
  const onZoom = useRangeZoom();
  const { stepSeconds, bands, steps, latencyMsP50, latencyMsP95, latencyMsP99 } = map;
  const stepMs = stepSeconds * 1000;
  const chosen = state.cell;
  const cellOf = (at: number, band: number) => bands[band] && { ...bands[band], from: at, to: at + stepMs };
  const chosenStep = steps.find(({ at }) => Date.parse(at) === chosen?.from);
  const chosenBand = bands.findIndex(({ fromMs }) => chosen !== null && Math.abs(fromMs / chosen.fromMs - 1) < 1e-3);
  return (
    <HeatMap
      title="Latency distribution"
      subtitle={`p50 ${formatDuration(latencyMsP50)}, p95 ${formatDuration(latencyMsP95)}, p99 ${formatDuration(latencyMsP99)}; counted at the gateways, not sampled. Darker means more requests (log scale)`}
      noun="request"
      height={230}
      bands={bands.map(({ fromMs, toMs }) => ({
        label: `${formatDuration(fromMs)} to ${formatDuration(toMs)}`,
        tick: formatDuration(fromMs),
      }))}
      steps={steps.map(({ at, counts }) => ({ at: Date.parse(at), counts }))}
      stepMs={stepMs}
      range={{ from: state.from, to: state.to }}
      markers={markers}
      chosenKey={chosenStep && chosenBand >= 0 ? { at: Date.parse(chosenStep.at), band: chosenBand } : undefined}
      onChoose={({ at, band }) => {
        const cell = cellOf(at, band);
        if (cell) router.push(`${debugHref(endpoint, state, { cell })}#requests`, { scroll: false });
      }}
      onZoom={onZoom}
      empty={<span className="lw-small lw-quiet">The model served no requests in this range.</span>}
    />
  );
}
