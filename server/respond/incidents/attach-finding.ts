import type { Context } from "#server/base/context.ts";
import { findingHref } from "#server/watch/monitoring/findings/contract.ts";
import { findingsAround } from "#server/watch/monitoring/findings/findings-around.ts";
import { isOfInputs } from "#server/watch/monitoring/findings/of-inputs.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

interface Around {
  endpointId: string;
  startedAt: Date;
  detectedAt: Date;
  /** Whether to mark it as the cause because none is marked yet. */
  isCause: boolean;
}

/**
 * Adds the input finding of monitoring that is nearest to the start to the timeline of an incident about incorrect predictions.
 * @returns whether there was a finding
 */
export async function attachFinding(
  ctx: Context,
  incidentId: string,
  { endpointId, startedAt, detectedAt, isCause }: Around,
): Promise<boolean> {
  const span = { startedAt: startedAt.getTime(), until: detectedAt.getTime() };
  const nearest = (await findingsAround(ctx, { endpointId, ...span })).find(isOfInputs);
  if (!nearest) return false;
  await addTimelineEvent(ctx, incidentId, {
    at: nearest.openedAt,
    kind: "change",
    title: nearest.words.replaceAll("`", ""),
    isProbableCause: isCause,
    body: "Found in the inputs.",
    links: [{ rel: "dashboard", href: findingHref(nearest), text: "what was found" }],
    deduplicationKey: `finding:${nearest.id}`,
  });
  return true;
}
