import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { ReadSpan } from "../../history/contract.ts";
import { findStates } from "../../history/queries.ts";

/** The shortest span with enough rows to tell is looked at, so that what breaks now is not hidden by what was well before. */
const spansMs = [10 * minuteMs, hourMs, 6 * hourMs] as const;
const enoughRows = 200;

export interface Watched {
  endpointId: string;
  versionId: string;
  profileId: string;
}

/** What was counted of a version at an endpoint in the latest minutes; undefined where nothing was. */
export async function readLatest(ctx: Context, of: Watched, now: number): Promise<ReadSpan | undefined> {
  let read: ReadSpan | undefined;
  for (const span of spansMs) {
    read = await findStates(ctx, { ...of, from: new Date(now - span), to: new Date(now), scores: false });
    if (read && read.rows >= enoughRows) return read;
  }
  return read;
}
