/** Returns the address of a feature view. */
export function featureViewHref(name: string): string {
  return `/features/${encodeURIComponent(name)}`;
}
