import type { Context } from "#server/base/context.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { gameDaysOn, isDuring } from "#server/serve/faults/game-days-on.ts";

interface Line {
  endpointId: string | null;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/**
 * Reads the game days that may have caused some lines of the queue. One that is not announced shows to its owner alone while it runs.
 * @returns what a line shows
 */
export async function readGameDays(
  ctx: Context,
  lines: readonly Line[],
): Promise<(line: Line) => { number: number } | null> {
  const placed = lines.filter(({ endpointId }) => endpointId !== null);
  const endpointIds = [...new Set(placed.flatMap(({ endpointId }) => endpointId ?? []))];
  const found = await gameDaysOn(ctx, endpointIds, Math.min(...placed.map(({ startedAt }) => startedAt)));
  if (found.length === 0) return () => null;
  const person = await personOf(ctx);
  const shown = found.filter((day) => day.isAnnounced || day.endedAt !== null || day.ownerId === person);
  return ({ endpointId, startedAt }) => {
    const day = shown.find((day) => day.endpointId === endpointId && isDuring(day, startedAt));
    return day ? { number: day.number } : null;
  };
}
