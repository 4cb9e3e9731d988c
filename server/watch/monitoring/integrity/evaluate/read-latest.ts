import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { ReadSpan } from "../../history/contract.ts";
import { findStates } from "../../history/queries.ts";

/** Time ranges to try: the shortest one with enough rows is used, so that good earlier data does not hide a new failure. */
const spansMs = [10 * minuteMs, hourMs, 6 * hourMs] as const;
const enoughRows = 200;

export interface Watched {
  endpointId: string;
  versionId: string;
  profileId: string;
}

/** Returns the latest counts of a version at an endpoint; undefined without any. */
export async function readLatest(ctx: Context, of: Watched, now: number): Promise<ReadSpan | undefined> {
  let read: ReadSpan | undefined;
  for (const span of spansMs) {
    read = await findStates(ctx, { ...of, from: new Date(now - span), to: new Date(now), scores: false });
    if (read && read.rows >= enoughRows) return read;
  }
  return read;
}
