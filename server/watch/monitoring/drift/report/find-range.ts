import { and, desc, eq, inArray } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs, weekMs } from "#server/base/durations.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { WindowLength } from "../../contract.ts";
import type { ExpectedDrift } from "../../expected/contract.ts";
import { findExpected } from "../../expected/queries.ts";
import type { Monitor } from "../../settings/contract.ts";
import { findMonitor } from "../../settings/queries.ts";
import { seenSpans } from "../windows/seen-spans.ts";
import type { DriftRange, DriftReport, GetDrift } from "./contract.ts";

const rangeMs: Record<DriftRange, number> = { "24h": dayMs, "7d": weekMs, "30d": 30 * dayMs, "90d": 90 * dayMs };

type Version = NonNullable<DriftReport["version"]>;

/** Resolved request for an endpoint: time range, version, and the available versions and segments. */
export interface FoundRange {
  endpoint: { id: string; name: string };
  from: Date;
  to: Date;
  /** Length of the windows by which the range is evaluated. */
  length: WindowLength;
  monitor: Monitor;
  /** Marks in force. */
  marks: ExpectedDrift[];
  /** Selected version, and all versions that served in the range. */
  version: Version | null;
  versions: Version[];
  segment: string;
  segments: string[];
}

/** Finds a range; the caller has checked permissions. @throws DomainError "not-found" */
export async function findRange(ctx: Context, query: GetDrift): Promise<FoundRange> {
  const { endpointId, range = "7d", segment = "" } = query;
  const { id, name } = await findEndpointById(ctx, endpointId);
  const end = query.to instanceof Date ? query.to.getTime() : Date.now();
  const to = new Date(Math.floor(end / minuteMs) * minuteMs);
  const start = query.from instanceof Date ? Math.floor(query.from.getTime() / minuteMs) * minuteMs : undefined;
  const from = new Date(Math.min(start ?? to.getTime() - rangeMs[range], to.getTime() - minuteMs));
  const seen = await seenSpans(ctx.db, endpointId, from, to);
  const deployed = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  const versionId = query.versionId ?? deployed?.versionId ?? seen.at(-1)?.versionId;
  const ids = [...new Set([...seen.map((span) => span.versionId), ...(versionId ? [versionId] : [])])];
  const versions = await namedVersions(ctx, ids);
  const own = seen.filter((span) => span.versionId === versionId).map((span) => span.segment);
  return {
    endpoint: { id, name },
    from,
    to,
    segment,
    versions,
    length: lengthOf(to.getTime() - from.getTime()),
    monitor: await findMonitor(ctx, endpointId),
    // Read at the exact end, not at the last full minute, so that a newly marked feature is visible at once.
    marks: (await findExpected(ctx, endpointId, new Date(end))).filter(({ isInForce }) => isInForce),
    version: versions.find((version) => version.id === versionId) ?? null,
    segments: [...new Set(own)].filter(Boolean),
  };
}

/** Returns the window length closest to a range. */
function lengthOf(rangeLengthMs: number): WindowLength {
  if (rangeLengthMs <= dayMs / 96) return "five-minutes";
  if (rangeLengthMs < dayMs) return "hour";
  return rangeLengthMs <= 2 * dayMs ? "day" : "week";
}

/** Reads versions of this workspace by their ids, the newest first. */
async function namedVersions(ctx: Context, ids: readonly string[]): Promise<Version[]> {
  if (ids.length === 0) return [];
  return ctx.db
    .select({ id: modelVersions.id, model: registeredModels.name, version: modelVersions.version })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, [...ids])))
    .orderBy(desc(modelVersions.createdAt));
}
