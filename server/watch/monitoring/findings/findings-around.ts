import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { Finding } from "../contract.ts";
import { selectFindings } from "./queries.ts";

/** Time before an increase within which findings may be related to it. */
const lookbackMs = dayMs;

interface Around {
  endpointId: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  until: number;
}

/**
 * Returns the findings of an endpoint that were open around the start of an increase or opened before its end, nearest to the start
 * first; without notes. The caller has checked permissions.
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
