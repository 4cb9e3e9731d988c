"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { spanOf, type TimeRange } from "#components/serve/endpoints/time-range.ts";
import { useQuery } from "#components/ui/queries.ts";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";

/** Address of an endpoint's series over the range that ends now. */
function seriesPath(name: string, range: TimeRange): string {
  const { from, to } = spanOf(range, Date.now());
  const query = new URLSearchParams({
    from: from.toISOString(),
    to: to.toISOString(),
    step: String(range.stepSeconds),
  });
  return `/api/v1/endpoints/${encodeURIComponent(name)}/series?${query}`;
}

/** Returns the traffic of an endpoint, reloaded over time and after each deployment. @param initial read with the page; undefined when that failed */
export function useTraffic(
  endpoint: { id: string; name: string },
  range: TimeRange,
  initial: Wire<EndpointSeries> | undefined,
) {
  return useQuery({
    queryKey: ["endpoint", endpoint.id, "series", range.key],
    queryFn: () => readJson<EndpointSeries>(seriesPath(endpoint.name, range)),
    refetchInterval: range.refreshMs,
    placeholderData: keepPreviousData,
    ...(initial && { initialData: initial }),
  });
}
