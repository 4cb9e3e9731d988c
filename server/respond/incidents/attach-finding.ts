import type { Context } from "#server/base/context.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { findingHref } from "#server/watch/monitoring/findings/constants.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

/** Adds a finding in the inputs to the timeline of an incident, marked as its cause unless another one is marked already. */
export async function attachFinding(
  ctx: Context,
  incidentId: string,
  finding: Finding,
  { isCause }: { isCause: boolean },
): Promise<void> {
  await addTimelineEvent(ctx, incidentId, {
    at: finding.openedAt,
    kind: "change",
    title: finding.words.replaceAll("`", ""),
    isProbableCause: isCause,
    body: "Found in the inputs.",
    links: [{ rel: "dashboard", href: findingHref(finding), text: "what was found" }],
    deduplicationKey: `finding:${finding.id}`,
  });
}
