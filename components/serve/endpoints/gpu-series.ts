import type { Series } from "#components/charts/prepare.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { momentsOf } from "./traffic-series.ts";

const gigabyte = 1e9;

export interface GpuCharts {
  /** Percent of the time. */
  utilisation: Series[];
  /** GB in use. */
  memory: Series[];
}

/** Series for the charts of GPUs; undefined where no machine that served has one. A step in which nothing was read is a gap. */
export function gpuCharts(traffic: Wire<EndpointSeries>, range: { from: number; to: number }): GpuCharts | undefined {
  if (traffic.gpus.length === 0) return undefined;
  const moments = momentsOf(traffic, range);
  const names = traffic.gpus.map(({ name }) => name);
  const series = (value: (point: Wire<EndpointSeries>["gpus"][number]["points"][number]) => number | null): Series[] =>
    traffic.gpus.map(({ gpu, name, points }, index) => {
      const steps = new Map(points.map((point) => [Date.parse(point.at), point]));
      const isAlone = names.filter((other) => other === name).length === 1;
      return {
        id: gpu,
        label: isAlone ? name : `${name} ${gpu.slice(4, 12)}`,
        index,
        points: moments.map((at) => {
          const step = steps.get(at);
          return { at, value: step ? value(step) : null };
        }),
      };
    });
  return {
    utilisation: series(({ utilisation }) => (utilisation === null ? null : utilisation * 100)),
    memory: series(({ memoryUsedBytes }) => (memoryUsedBytes === null ? null : memoryUsedBytes / gigabyte)),
  };
}
