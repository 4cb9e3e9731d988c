import type { Context } from "#server/base/context.ts";
import { listWorkspaceFindings } from "#server/develop/tracking/health/queries.ts";
import type { Observation } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

const most = 500;

/** Observes problems of runs that are in progress or ended within a week. Omits resolved findings. */
export async function observeRuns(ctx: Context, spec: SpecOf<"run-health">, now: number): Promise<Observation[]> {
  const { experimentId, findings: wanted } = spec;
  const found = await listWorkspaceFindings(ctx, { ...(experimentId !== null && { experimentId }), limit: most }, now);
  return found
    .filter(({ kind }) => wanted.includes(kind))
    .map(({ kind, runId, runName, experimentName, value, words, since }) => ({
      part: `${runId}:${kind}`,
      title: `${runName} in ${experimentName}`,
      isTrue: true,
      value,
      limit: null,
      words: `${runName} in ${experimentName}: ${words}`,
      labels: { service: experimentName, experiment: experimentName, run: runId, finding: kind },
      endpointId: null,
      since,
    }));
}
