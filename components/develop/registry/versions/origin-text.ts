/** Whether a version's file was uploaded to Leeway: it is kept under its digest then. @param source of the version. */
export function isUploaded(source: string): boolean {
  return /^mlflow-artifacts:\/models\/[0-9a-f]{64}$/.test(source);
}

/** What is said of where a version comes from when it names no run. @param source of the version. */
export function originWithoutRun(source: string): string {
  if (isUploaded(source)) return "none, uploaded directly";
  const [, runId] = /^runs:\/+([^/]+)/.exec(source) ?? [];
  return runId ? `unknown; its files come from run ${runId}` : "none recorded";
}
