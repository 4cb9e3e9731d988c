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
export function inChunks<Endpoint>(endpoints: readonly Endpoint[], size = chunkSize): Endpoint[][] {
  return Array.from({ length: Math.ceil(endpoints.length / size) }, (_, at) =>
    endpoints.slice(at * size, (at + 1) * size),
  );
}

/** Of a list of hundreds, some are read while others are computed, and what is computed is let go. */
const listChunkSize = 64;
const lanes = 3;

/**
 * Reads the quality of any number of endpoints of this workspace, in their order, as getQuality returns it. The caller has checked
 * permissions.
 */
export async function listSummaries(ctx: Context, endpoints: Endpoints, range: Range): Promise<QualitySummary[]> {
  const chunks = inChunks(endpoints, listChunkSize);
  const found: QualitySummary[][] = [];
  const waiting = chunks.entries();
  const lane = async () => {
    for (const [index, chunk] of waiting) found[index] = (await readSummaries(ctx, chunk, [range]))[0] ?? [];
  };
  await sideBySide<unknown[]>(
    ctx,
    Array.from({ length: lanes }, () => lane),
  );
  return found.flat();
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
