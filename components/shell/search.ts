import type { SearchHit } from "#server/search/contract.ts";

export type Search = (query: string, signal: AbortSignal) => Promise<SearchHit[]>;

/** Asks the REST interface. @throws when it does not answer, so that the palette can say so. */
export const searchByRest: Search = async (query, signal) => {
  const response = await fetch(`/api/v1/search?q=${encodeURIComponent(query)}`, { signal });
  if (!response.ok) throw new Error(`The search answered ${response.status}.`);
  const { items } = (await response.json()) as { items: SearchHit[] };
  return items;
};
