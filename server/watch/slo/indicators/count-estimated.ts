import type { Database } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import type { Span } from "#server/base/span.ts";
import { findRows, type RowsOf } from "#server/watch/monitoring/history/find-rows.ts";
import { floorTo, retentionMs } from "#server/watch/monitoring/history/grains.ts";
import { loadProfile } from "#server/watch/monitoring/profiles/load-profile.ts";
import { emptyCounts } from "#server/watch/monitoring/quality/counts/empty-counts.ts";
import { expectedRight } from "#server/watch/monitoring/quality/measures/estimated.ts";
import { expectationOf } from "#server/watch/monitoring/quality/measures/expectation.ts";
import { readingOf } from "#server/watch/monitoring/quality/read/reading-of.ts";
import { statedVersions } from "#server/watch/monitoring/quality/read/stated-versions.ts";
import { findMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { unpackState } from "#server/watch/monitoring/state/unpack-state.ts";
import type { CountedMinute, Source, SourceSeries } from "./source.ts";

/**
 * Counts predictions, and as good events the sum Σ of the calibrated probabilities that they are correct, a fraction (docs/spec/slo.md
 * section 6): from the scores that gateways counted, by the reference of each version. A version without a reference has no counts. Where
 * minutes are deleted, an hour or day is counted in its first minute.
 */
export const countEstimated: Source<"estimated-quality"> = async (db, series, span) => {
  const counted: CountedMinute[] = [];
  for (const one of series) counted.push(...(await countOne(db, one, span)));
  return counted;
};

async function countOne(
  db: Database,
  { id: seriesId, workspaceId, indicator: { endpointId } }: SourceSeries<"estimated-quality">,
  span: Span,
): Promise<CountedMinute[]> {
  const ctx = systemContext(db, workspaceId, "count-estimated-quality");
  const { settings } = await findMonitor(ctx, endpointId);
  const counted: CountedMinute[] = [];
  const query = { endpointId, segment: "", from: new Date(span.from), to: new Date(span.to) };
  for (const { versionId, profileId } of await statedVersions(ctx, query)) {
    const profile = await loadProfile(db, profileId);
    const reading = await readingOf(ctx, versionId, settings, emptyCounts());
    if (!profile || reading.taskKind === "regression") continue;
    const of = { workspaceId, endpointId, versionId, profileId, segment: "", arms: ["stable", "canary"] };
    for (const { start, state } of await rowsOf(db, of, span)) {
      const { scores } = unpackState(state, { features: new Set(), scores: true });
      const { good, total } = expectedRight(expectationOf(scores, profile.calibration, reading), settings.cutOff);
      if (total > 0) counted.push({ seriesId, versionId, minute: start, good: Math.min(good, total), total });
    }
  }
  return counted;
}

/** Finds minutes as far back as they exist, so that short burn-rate windows stay precise; before that, the minimum set of rows. */
async function rowsOf(db: Database, of: RowsOf, { from, to }: Span) {
  const since = Math.min(Math.max(floorTo(Date.now() - retentionMs.minute, "hour"), from), to);
  const old = since > from ? await findRows(db, of, { from, to: since }, "day") : [];
  return [...old, ...(since < to ? await findRows(db, of, { from: since, to }, "minute") : [])];
}
