import type { Context } from "#server/base/context.ts";
import { gameDaysOn, isDuring } from "#server/serve/faults/game-days-on.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

/**
 * Notes in an incident that an announced game day ran at its endpoint when it was detected. One that is not announced tests who finds out, and is
 * left out. Repeating it changes nothing. @param detectedAt milliseconds since 1970
 */
export async function attachGameDay(
  ctx: Context,
  incidentId: string,
  { endpointId, detectedAt }: { endpointId: string; detectedAt: number },
): Promise<void> {
  const found = await gameDaysOn(ctx, [endpointId], detectedAt);
  const day = found.find((each) => each.isAnnounced && isDuring(each, detectedAt));
  if (!day) return;
  const name = `GD-${day.number}`;
  await addTimelineEvent(ctx, incidentId, {
    at: new Date(day.startedAt),
    kind: "note",
    title: `Game day ${name} runs on this endpoint`,
    links: [{ rel: "change", href: `/game-days/${day.number}`, text: name }],
    deduplicationKey: `game-day:${day.id}`,
  });
}
