"use client";

import { keepPreviousData } from "@tanstack/react-query";
import type { Range } from "#components/charts/prepare.ts";
import { useQueries } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { MetricCurve, RedoneSpan } from "#server/develop/tracking/metrics/contract.ts";
import type { CurveAxis, CurveView } from "./curve-view.ts";
import { pointsPerCurve } from "./points-per-curve.ts";
import { writeRedone } from "./write-redone.ts";

/** Run whose curves are drawn. */
export interface CurveRun {
  id: string;
  name: string;
  startedAt: number;
}

export interface Curves {
  /** Curves of complete runs, shown again after a zoom is reset. */
  whole: MetricCurve[];
  /** Curves loaded at the zoom's resolution; undefined until they arrive. */
  zoomed: MetricCurve[] | undefined;
  /** Of steps that were done again later; none until they have been read. */
  lost: MetricCurve[];
  /** Whether nothing could be loaded yet. */
  isPending: boolean;
  error: Error | null;
  /** Time at which the oldest of them was loaded. */
  updatedAt: number;
  refetch: () => void;
}

interface CurvesQuestion {
  runs: readonly CurveRun[];
  keys: readonly string[];
  view: Pick<CurveView, "x" | "zoom">;
  /** Curves loaded with the page, for these metrics along this axis. */
  initial: { keys: readonly string[]; x: CurveAxis; curves: MetricCurve[] } | undefined;
  /** Points that are drawn apart from the others. */
  redone?: readonly RedoneSpan[];
}

/** Reads the curves of some metrics of some runs, again whenever a run changes or the view is zoomed. */
export function useCurves({ runs, keys, view, initial, redone = [] }: CurvesQuestion): Curves {
  const axis = view.x === "step" ? "step" : "time";
  const hasInitial = initial && initial.keys.join() === keys.join() && (initial.x === "step") === (axis === "step");
  const whole = useQueries({
    queries: runs.map((run) => ({
      ...curvesQuery(run, keys, axis, undefined, redone),
      enabled: keys.length > 0,
      refetchOnMount: "always" as const,
      ...(hasInitial && { initialData: initial.curves.filter(({ runId }) => runId === run.id) }),
    })),
    combine: (results) => ({
      curves: results.flatMap(({ data }) => data ?? []),
      isPending: keys.length > 0 && results.some(({ data }) => data === undefined),
      error: results.find(({ error }) => error)?.error ?? null,
      updatedAt: Math.min(...results.map(({ dataUpdatedAt }) => dataUpdatedAt)),
      refetch: () => {
        for (const result of results) void result.refetch();
      },
    }),
  });
  const zoomed = useQueries({
    queries: view.zoom
      ? runs.map((run) => ({ ...curvesQuery(run, keys, axis, ownRange(run, view), redone), enabled: keys.length > 0 }))
      : [],
    combine: (results) =>
      results.length > 0 && results.every(({ data }) => data) ? results.flatMap(({ data }) => data ?? []) : undefined,
  });
  const lost = useQueries({
    queries:
      redone.length > 0 && keys.length > 0
        ? runs.map((run) => curvesQuery(run, keys, axis, undefined, redone, "lost"))
        : [],
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  const { curves, ...state } = whole;
  return { whole: curves, zoomed, lost, ...state };
}

function curvesQuery(
  run: CurveRun,
  keys: readonly string[],
  x: "step" | "time",
  range: Range | undefined,
  redone: readonly RedoneSpan[],
  part?: "lost",
) {
  const query = new URLSearchParams({ keys: keys.join(","), maxPoints: String(pointsPerCurve), x });
  if (redone.length > 0) query.set("redone", writeRedone(redone));
  if (part) query.set("part", part);
  if (range) {
    query.set("from", String(Math.floor(range.from)));
    query.set("to", String(Math.ceil(range.to)));
  }
  return {
    // An event of the run makes all of these be read again.
    queryKey: ["run", run.id, "metrics", query.toString()],
    queryFn: async () => {
      const { curves } = await readJson<{ curves: MetricCurve[] }>(`/api/v1/runs/${run.id}/metrics?${query}`);
      return curves;
    },
    // New metrics change the key; until they are read, those that were there stay.
    placeholderData: keepPreviousData<MetricCurve[]>,
  };
}

/** Converts the zoom to the run's own axis, slightly wider so that lines continue to the edges. */
function ownRange({ startedAt }: CurveRun, { x, zoom }: Pick<CurveView, "x" | "zoom">): Range | undefined {
  if (!zoom) return undefined;
  const margin = (zoom.to - zoom.from) * 0.02;
  const start = x === "relative" ? startedAt : 0;
  return { from: zoom.from - margin + start, to: zoom.to + margin + start };
}
