import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { QualitySummary } from "../contract.ts";
import type { QualityParts } from "../detail/contract.ts";
import type { QualityFacts } from "./facts.ts";
import { readFactsOf } from "./facts-of-endpoints.ts";
import { partsOf, readParts } from "./parts.ts";
import { summaryOf } from "./summary.ts";

interface Range {
  from: Date;
  to: Date;
}

type Endpoints = readonly { id: string; name: string }[];

/** Endpoints read at once: the counts of a quarter are large. */
const chunkSize = 4;

/** Returns endpoints in groups that are small enough to read the counts of a quarter together. */
export function inChunks<Endpoint>(endpoints: readonly Endpoint[]): Endpoint[][] {
  return Array.from({ length: Math.ceil(endpoints.length / chunkSize) }, (_, at) =>
    endpoints.slice(at * chunkSize, (at + 1) * chunkSize),
  );
}

/**
 * Reads the quality of endpoints of this workspace in each of several ranges, as getQuality returns it, with a constant number of statements
 * for each range. The caller has checked permissions.
 */
export async function readSummaries(
  ctx: Context,
  endpoints: Endpoints,
  ranges: readonly Range[],
): Promise<QualitySummary[][]> {
  const now = Date.now();
  return sideBySide<QualitySummary[][]>(
    ctx,
    ranges.map((range) => async () => {
      const facts = await readFactsOf(ctx, endpoints, { ...range, segment: "" }, now);
      return facts.map((one) => summaryOf(one));
    }),
  );
}

/** A summary, with the segments of an endpoint that has labels. */
export interface SummaryWithParts {
  summary: QualitySummary;
  parts: QualityParts | null;
}

/** Reads the quality of endpoints of this workspace, and of their segments, from one read. The caller has checked permissions. */
export async function readSummariesWithParts(
  ctx: Context,
  endpoints: Endpoints,
  range: Range,
): Promise<SummaryWithParts[]> {
  const facts = await readFactsOf(ctx, endpoints, { ...range, segment: "" }, Date.now());
  return sideBySide<SummaryWithParts[]>(
    ctx,
    facts.map((one) => () => withParts(ctx, one)),
  );
}

async function withParts(ctx: Context, facts: QualityFacts): Promise<SummaryWithParts> {
  const summary = summaryOf(facts);
  // Without labels there are no segments to compare.
  return { summary, parts: summary.labelled > 0 ? partsOf(facts, await readParts(ctx, facts)) : null };
}
