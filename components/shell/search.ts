/** One run, model, experiment or endpoint that the search found. */
export interface SearchHit {
  kind: string;
  id: string;
  label: string;
  /** A few quiet words: "store-demand, finished 3 weeks ago". */
  detail?: string;
  href: string;
}

export type Search = (query: string, signal: AbortSignal) => Promise<SearchHit[]>;

/** Asks the REST interface. @throws when it does not answer, so that the palette can say so. */
export const searchByRest: Search = async (query, signal) => {
  const response = await fetch(`/api/v1/search?q=${encodeURIComponent(query)}`, { signal });
  if (!response.ok) throw new Error(`The search answered ${response.status}.`);
  const { items } = (await response.json()) as { items: SearchHit[] };
  return items;
};
