/** The page of a model's version. */
export function versionHref(modelName: string, version: number): string {
  return `/models/${encodeURIComponent(modelName)}/v${version}`;
}
