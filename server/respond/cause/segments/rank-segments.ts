import { type ProportionInterval, wilsonInterval } from "#server/stats/proportion.ts";
import type { Segment, SegmentKind } from "./contract.ts";

/** Records of the log with one value. "Seen" are those of the representative sample. */
export interface CountedSegment {
  kind: SegmentKind | "all" | "status";
  value: string;
  badNow: number;
  seenNow: number;
  seenBadNow: number;
  seenBefore: number;
  seenBadBefore: number;
}

/** Minimum numbers of requests for a conclusion. */
const minBad = 5;
const minSeen = 20;
const minPerSegment = 10;
const maxShown = 6;

/**
 * Returns the segments whose share of bad requests is significantly greater than their share of all requests: the lower end of the
 * former's interval lies above the upper end of the latter's. The widest distance comes first.
 */
export function rankSegments(rows: readonly CountedSegment[], { endpoint }: { endpoint: string }): Segment[] {
  const all = rows.find(({ kind }) => kind === "all");
  if (!all || all.badNow < minBad || all.seenNow < minSeen) return [];
  return rows
    .filter(({ kind, badNow }) => kind !== "all" && kind !== "status" && badNow >= minBad)
    .map((row) => ({ row, ofBad: shareOf(row.badNow, all.badNow), ofTraffic: shareOf(row.seenNow, all.seenNow) }))
    .filter(({ ofBad, ofTraffic }) => ofBad.low > ofTraffic.high)
    .sort((a, b) => b.ofBad.low - b.ofTraffic.high - (a.ofBad.low - a.ofTraffic.high) || b.row.badNow - a.row.badNow)
    .slice(0, maxShown)
    .map(({ row, ofBad, ofTraffic }): Segment => {
      const kind = row.kind as SegmentKind;
      return {
        kind,
        name: nameOf(kind, row.value),
        value: partOf(kind, row.value),
        ofBad,
        ofTraffic,
        bad: row.badNow,
        badBefore: row.seenBefore >= minPerSegment ? row.seenBadBefore / row.seenBefore : null,
        badNow: row.seenNow >= minPerSegment ? row.seenBadNow / row.seenNow : null,
        href: hrefOf(kind, row.value, endpoint),
      };
    });
}

function shareOf(part: number, total: number): { share: number } & ProportionInterval {
  const share = Math.min(1, part / total);
  return { share, ...wilsonInterval({ share, count: total }) };
}

function nameOf(kind: SegmentKind, value: string): string {
  return kind === "input" ? value : `${kind} = ${value}`;
}

function partOf(kind: SegmentKind, value: string): string {
  return kind === "input" ? value.slice(value.indexOf(" = ") + 3) : value;
}

/** Returns the link to the prediction log; its query supports versions and arms only. */
function hrefOf(kind: SegmentKind, value: string, endpoint: string): string | null {
  const version = /version (\d+)$/.exec(value)?.[1];
  const q =
    kind === "arm"
      ? `arm = ${value} and status = failed`
      : kind === "version" && version
        ? `version = ${version} and status = failed`
        : undefined;
  return q ? `/endpoints/${encodeURIComponent(endpoint)}/predictions?q=${encodeURIComponent(q)}` : null;
}
