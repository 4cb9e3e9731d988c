import { formatNumber } from "#components/ui/format.ts";
import { BarChart, type BarOf } from "./bar-chart.tsx";
import type { ChartFrameProps } from "./chart-frame.tsx";

interface HistogramProps extends Omit<ChartFrameProps, "title"> {
  title: string;
  /** Borders of the classes: one more than counts. */
  edges: readonly number[];
  counts: readonly number[];
  /** Unit of the counts, for the top tick and the cursor: "requests". */
  unit: string;
  /** What is counted along the bottom: "latency, ms". */
  noun: string;
}

/** How often values fall into each class, from zero, bars touching. */
export function Histogram({ edges, counts, ...frame }: HistogramProps) {
  const bars: BarOf[] = counts.map((value, index) => ({
    label: `${formatNumber(edges[index])}–${formatNumber(edges[index + 1])}`,
    value,
  }));
  return <BarChart {...frame} bars={bars} touching />;
}
