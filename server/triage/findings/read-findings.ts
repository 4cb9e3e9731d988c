import type { Context } from "#server/context.ts";
import { dayMs } from "#server/durations.ts";
import type { Finding } from "#server/monitoring/contract.ts";
import { selectFindings } from "#server/monitoring/findings/queries.ts";

/** What was found a day before a rise may have to do with it; and more than so many lines nobody reads at night. */
const lookBackMs = dayMs;
const mostShown = 6;

interface Around {
  endpointId: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  until: number;
}

/** What monitoring found at an endpoint that was so around the start of a rise or began until its end, nearest to the start first. */
export async function readFindings(ctx: Context, { endpointId, startedAt, until }: Around): Promise<Finding[]> {
  const span = { from: new Date(startedAt - lookBackMs), to: new Date(until) };
  const found = await selectFindings(ctx, { endpointId, state: "all", ...span });
  return found
    .filter(({ severity }) => severity !== "note")
    .sort((a, b) => distance(a, startedAt) - distance(b, startedAt))
    .slice(0, mostShown);
}

function distance({ openedAt }: Finding, startedAt: number): number {
  return Math.abs(openedAt.getTime() - startedAt);
}
