"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { readJson } from "#components/serving/wire.ts";
import type { MetricCurve, Run } from "#server/tracking/contract.ts";
import { pointsPerCurve } from "./points-per-curve.ts";

/** A run, read again whenever it changed. `initial` came with the page. */
export function useRun(initial: Run) {
  return useQuery({
    queryKey: ["run", initial.id],
    queryFn: () => readJson<Run>(`/api/v1/runs/${initial.id}`),
    initialData: initial,
    // What changed since the page was rendered was not heard yet.
    refetchOnMount: "always",
  });
}

/**
 * The curves of some metrics of a run, read again whenever it changed.
 * @param initial came with the page, for the metrics that the run had then; undefined when it could not be read.
 */
export function useCurves(
  runId: string,
  keys: readonly string[],
  initial: { keys: readonly string[]; curves: MetricCurve[] } | undefined,
) {
  const query = new URLSearchParams({ keys: keys.join(","), maxPoints: String(pointsPerCurve) });
  return useQuery({
    queryKey: ["run", runId, "metrics", keys.join(",")],
    queryFn: async () => {
      const { curves } = await readJson<{ curves: MetricCurve[] }>(`/api/v1/runs/${runId}/metrics?${query}`);
      return curves;
    },
    // New metrics change the key; until they are read, those that were there stay.
    placeholderData: keepPreviousData,
    enabled: keys.length > 0,
    refetchOnMount: "always",
    ...(initial?.keys.join() === keys.join() && { initialData: initial.curves }),
  });
}
