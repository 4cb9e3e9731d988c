"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import type { Range } from "#components/charts/prepare.ts";
import { useLive } from "#components/shell/live-events.tsx";
import { useQueries, useQueryClient } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import { maxCurveKeys } from "#server/develop/tracking/workspace/constants.ts";
import type { CurveColumns } from "#server/develop/tracking/workspace/contract.ts";
import type { CurveView } from "../metrics/curve-view.ts";

/** Curves of a metric by the id of their run. */
export type CurvesByRun = ReadonlyMap<string, CurveColumns>;

interface SectionCurves {
  whole: ReadonlyMap<string, CurvesByRun>;
  /** Curves of the zoomed range; undefined until they arrive, and without a zoom. */
  zoomed: ReadonlyMap<string, CurvesByRun> | undefined;
  isPending: boolean;
  error: Error | null;
  refetch: () => void;
}

interface CurvesQuestion {
  experimentId: number;
  runIds: readonly string[];
  keys: readonly string[];
  view: Pick<CurveView, "x" | "zoom">;
}

/** Reads the curves of some metrics of all charted runs, a request for every twelve metrics. */
export function useSectionCurves({ experimentId, runIds, keys, view }: CurvesQuestion): SectionCurves {
  const x = view.x === "step" ? "step" : "time";
  // The order of the list does not matter, so that sorting it reads nothing again.
  const runs = runIds.toSorted();
  const chunks = Array.from({ length: Math.ceil(keys.length / maxCurveKeys) }, (_, index) =>
    keys.slice(index * maxCurveKeys, (index + 1) * maxCurveKeys),
  );
  const queries = (range: Range | undefined) =>
    chunks.map((chunk) => curvesQuery({ experimentId, runs, keys: chunk, x, range }));
  const whole = useQueries({ queries: queries(undefined), combine });
  // Along the time since their start, a range means other moments for each run: the curves of whole runs are enough there.
  const zoomed = useQueries({ queries: view.zoom && view.x !== "relative" ? queries(view.zoom) : [], combine });
  return { ...whole, whole: whole.curves, zoomed: view.zoom && zoomed.isComplete ? zoomed.curves : undefined };
}

interface Result {
  data: CurveColumns[] | undefined;
  error: Error | null;
  refetch: () => unknown;
}

function combine(results: Result[]) {
  const all = results.flatMap(({ data }) => data ?? []);
  const byKey = Map.groupBy(all, ({ key }) => key);
  return {
    curves: new Map([...byKey].map(([key, curves]) => [key, new Map(curves.map((curve) => [curve.runId, curve]))])),
    isPending: results.some(({ data }) => data === undefined),
    isComplete: results.length > 0 && results.every(({ data }) => data !== undefined),
    error: results.find(({ error }) => error)?.error ?? null,
    refetch: () => {
      for (const result of results) void result.refetch();
    },
  };
}

interface CurvesRequest {
  experimentId: number;
  runs: readonly string[];
  keys: readonly string[];
  x: "step" | "time";
  range: Range | undefined;
}

function curvesQuery({ experimentId, runs, keys, x, range }: CurvesRequest) {
  const query = new URLSearchParams({ runs: runs.join(","), keys: keys.join(","), x });
  if (range) {
    const margin = (range.to - range.from) * 0.02;
    query.set("from", String(Math.floor(range.from - margin)));
    query.set("to", String(Math.ceil(range.to + margin)));
  }
  return {
    queryKey: [...curvesKey(experimentId), query.toString()],
    queryFn: async () => {
      const path = `/api/v1/experiments/${experimentId}/curves?${query}`;
      const { curves } = await readJson<{ curves: CurveColumns[] }>(path);
      return curves;
    },
    enabled: runs.length > 0,
    placeholderData: keepPreviousData<CurveColumns[]>,
  };
}

/** Returns the beginning of the keys of all that is read again when a charted run logs. */
export function curvesKey(experimentId: number): string[] {
  return ["chart-curves", String(experimentId)];
}

/** A run that logs fast does not make the charts read faster than this. */
const minRefreshMs = 3_000;

/** Reads the charts again, at most every three seconds, when one of their runs logs. */
export function useLiveCurves(experimentId: number, runIds: readonly string[]): void {
  const client = useQueryClient();
  const { listen } = useLive();
  const isOurs = useEffectEvent((id: string) => runIds.includes(id));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen((event) => {
      if (event === "missed" || event.topic !== "run" || !isOurs(event.id)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: curvesKey(experimentId) });
      }, minRefreshMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen, client, experimentId]);
}
