/** Returns the address of a run. */
export function runHref(experimentId: number, runId: string): string {
  return `/experiments/${experimentId}/runs/${runId}`;
}
