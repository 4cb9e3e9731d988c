/** Formats a version as "v3", or with the model's name if it differs. */
export function versionLabel(
  one: { modelName: string; version: number },
  other: { modelName: string } | undefined,
): string {
  return other && other.modelName === one.modelName ? `v${one.version}` : `${one.modelName} v${one.version}`;
}
