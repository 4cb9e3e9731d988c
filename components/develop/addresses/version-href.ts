/** Returns the address of a model version. */
export function versionHref(modelName: string, version: number): string {
  return `/models/${encodeURIComponent(modelName)}/v${version}`;
}
