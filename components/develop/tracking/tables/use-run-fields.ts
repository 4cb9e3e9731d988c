"use client";

import { useInfiniteQuery } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { FieldKind, RunField, RunFields } from "#server/develop/tracking/tables/contract.ts";

export interface FieldSearch {
  fields: RunField[];
  /** Number of keys that contain the words; undefined until it is known. */
  total: number | undefined;
  error: Error | null;
  /** Loads the next page, if there is one and none is being loaded. */
  more: () => void;
}

interface FieldQuestion {
  experimentId: number;
  kind: FieldKind;
  /** Part of the name. */
  words: string;
  perPage: number;
  /** Whether to send requests. */
  enabled: boolean;
}

/** Searches metrics, params or tags of an experiment by part of their name, on the server, page by page. */
export function useRunFields({ experimentId, kind, words, perPage, enabled }: FieldQuestion): FieldSearch {
  const query = useInfiniteQuery({
    queryKey: ["experiment", String(experimentId), "fields", kind, words, perPage],
    queryFn: ({ pageParam }) =>
      readJson<RunFields>(
        `/api/v1/experiments/${experimentId}/fields?${new URLSearchParams({ kind, words, offset: String(pageParam), limit: String(perPage) })}`,
      ),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) => {
      const read = pages.reduce((sum, page) => sum + page.fields.length, 0);
      return read < total ? read : undefined;
    },
    enabled,
    placeholderData: (before) => before,
  });
  return {
    fields: query.data?.pages.flatMap(({ fields }) => fields) ?? [],
    total: query.data?.pages.at(-1)?.total,
    error: query.error,
    more: () => {
      if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
    },
  };
}
