import type { Context } from "#server/context.ts";
import { dayMs } from "#server/durations.ts";
import { findingHref } from "#server/monitoring/findings/contract.ts";
import { isOfInputs } from "#server/monitoring/findings/of-inputs.ts";
import { selectFindings } from "#server/monitoring/findings/queries.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

interface Around {
  endpointId: string;
  startedAt: Date;
  detectedAt: Date;
  /** Whether no cause is marked yet. */
  isCause: boolean;
}

/**
 * Puts what monitoring found in the inputs, nearest to the start, on the timeline of an incident about wrong answers.
 * @returns whether something was found
 */
export async function attachFinding(
  ctx: Context,
  incidentId: string,
  { endpointId, startedAt, detectedAt, isCause }: Around,
): Promise<boolean> {
  const from = new Date(startedAt.getTime() - dayMs);
  const found = await selectFindings(ctx, { endpointId, state: "all", from, to: detectedAt });
  const distance = ({ openedAt }: { openedAt: Date }) => Math.abs(openedAt.getTime() - startedAt.getTime());
  const [nearest] = found.filter(isOfInputs).sort((one, other) => distance(one) - distance(other));
  if (!nearest) return false;
  await addTimelineEvent(ctx, incidentId, {
    ...{ at: nearest.openedAt, kind: "change", title: nearest.words.replaceAll("`", ""), isProbableCause: isCause },
    body: "Found in the inputs.",
    links: [{ rel: "dashboard", href: findingHref(nearest), text: "what was found" }],
    onceKey: `finding:${nearest.id}`,
  });
  return true;
}
