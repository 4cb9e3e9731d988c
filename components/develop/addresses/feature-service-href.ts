/** Returns the address of a feature service. */
export function featureServiceHref(name: string): string {
  return `/features/services/${encodeURIComponent(name)}`;
}
