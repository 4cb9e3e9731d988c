import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { Finding } from "../contract.ts";
import { selectFindings } from "./queries.ts";

/** What was found a day before a rise may have to do with it. */
const lookbackMs = dayMs;

interface Around {
  endpointId: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  until: number;
}

/**
 * What monitoring found at an endpoint that was so around the start of a rise or began until its end, nearest to the start first; notes aside.
 * For who was let in already.
 */
export async function findingsAround(ctx: Context, { endpointId, startedAt, until }: Around): Promise<Finding[]> {
  const span = { from: new Date(startedAt - lookbackMs), to: new Date(until) };
  const found = await selectFindings(ctx, { endpointId, state: "all", ...span });
  return found
    .filter(({ severity }) => severity !== "note")
    .sort((a, b) => distance(a, startedAt) - distance(b, startedAt));
}

function distance({ openedAt }: Finding, startedAt: number): number {
  return Math.abs(openedAt.getTime() - startedAt);
}
