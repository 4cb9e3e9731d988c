/** Returns whether a version's file was uploaded to Leeway, which stores it under its digest. @param source of the version. */
export function isUploaded(source: string): boolean {
  return /^mlflow-artifacts:\/models\/[0-9a-f]{64}$/.test(source);
}

/** Describes the origin of a version that names no run. @param source of the version. */
export function originWithoutRun(source: string): string {
  if (isUploaded(source)) return "none, uploaded directly";
  const [, runId] = /^runs:\/+([^/]+)/.exec(source) ?? [];
  return runId ? `unknown; its files come from run ${runId}` : "none recorded";
}
