import { z } from "zod";
import type { Direction, MetricValue } from "../metrics/contract.ts";
import type { RunInfo } from "../runs/contract.ts";
import type { RunTable } from "../tables/contract.ts";

/** A run in the legend of the charts. */
export interface ChartedRun {
  run: RunInfo;
  /** Value of the workspace's metric; undefined if the run has none. */
  value: MetricValue | undefined;
  /** Reason of a failure, if the run gives one. */
  failure: string | undefined;
  /** Words that distinguish it from the other runs of its group: "seed 3". Empty outside of groups. */
  detail: string;
}

/** Runs that share one colour: those of a group, or a single run. */
export interface ChartedGroup {
  /** Common value of the runs, or the settings that they share; the name of the run if there is only one. */
  label: string;
  /** Whether the runs were grouped; false for a run on its own. */
  isGroup: boolean;
  /** In the order of the workspace. */
  runs: ChartedRun[];
  /** Mean and sample standard deviation of `value` over the runs with a number; undefined without any, null for a single one. */
  mean: number | undefined;
  deviation: number | null;
}

/** A metric that a section of the charts shows. */
export interface ChartedMetric {
  key: string;
  /** Number of charted runs that have it. */
  runs: number;
  /** Whether any run logged it at more than its first step, so that it is a line. */
  isCurve: boolean;
}

/** What the charts of an experiment draw: the first runs that match a filter, in groups, and their metrics. */
export interface RunWorkspace {
  /** In the order of their first runs. */
  groups: ChartedGroup[];
  /** How the runs are grouped: by a column, by equal settings ("seed"), or not at all. */
  groupedBy: string | undefined;
  /** Number of runs that match the filter; the groups hold at most `maxChartedRuns` of them. */
  found: number;
  sort: RunTable["sort"];
  /** Metric whose value the legend shows. */
  metric: string | undefined;
  /** Direction in which that metric improves. */
  direction: Direction;
  metrics: ChartedMetric[];
  /** Whether any charted run logged images with MLflow's log_image. */
  hasImages: boolean;
}

/** A curve in columns, which are a third of the size of single points. */
export const CurveColumns = z.object({
  runId: z.string(),
  key: z.string(),
  totalPoints: z.number(),
  /** Steps, or milliseconds since 1970, in order. */
  at: z.array(z.number()),
  /** Null where the value is not a number. */
  values: z.array(z.number().nullable()),
  /** Lowest and highest values that the points represent; absent where each point is one value. */
  low: z.array(z.number().nullable()).optional(),
  high: z.array(z.number().nullable()).optional(),
});
export type CurveColumns = z.infer<typeof CurveColumns>;
