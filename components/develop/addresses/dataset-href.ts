/** Parts of a dataset's page. */
export const datasetTabs = ["versions", "contract", "leakage"] as const;
export type DatasetTab = (typeof datasetTabs)[number];

/** Returns the address of a dataset at one of its versions, by default the newest. */
export function datasetHref(name: string, digest?: string, tab: DatasetTab = "versions"): string {
  const query = new URLSearchParams();
  if (tab !== "versions") query.set("tab", tab);
  if (digest) query.set("version", digest);
  const text = query.toString();
  return `/datasets/${encodeURIComponent(name)}${text ? `?${text}` : ""}`;
}
