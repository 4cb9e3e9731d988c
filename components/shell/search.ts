import { readJson } from "#components/ui/wire.ts";
import type { SearchHit } from "#server/report/search/contract.ts";

export type Search = (query: string, signal: AbortSignal) => Promise<SearchHit[]>;

/** Asks the REST interface. @throws when it does not answer, so that the palette can say so. */
export const searchByRest: Search = async (query, signal) => {
  const path = `/api/v1/search?q=${encodeURIComponent(query)}`;
  const { items } = await readJson<{ items: SearchHit[] }>(path, signal);
  return items;
};
