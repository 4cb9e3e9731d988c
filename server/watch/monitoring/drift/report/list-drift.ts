import { and, asc, eq, gte, inArray, isNull, sql } from "drizzle-orm";
import { driftWindows, endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { WindowLength } from "../../contract.ts";
import { activeProfiles } from "../../profiles/load-profile.ts";
import { settingsByEndpoint } from "../../settings/queries.ts";
import type { DriftVerdict, FeatureVerdict } from "../contract.ts";
import { byRank } from "../evaluate/rank-features.ts";
import type { DriftRow } from "./contract.ts";

/** Maximum age of a window that describes the current state. */
const newestMs = 8 * dayMs;
const order: readonly DriftVerdict["state"][] = [
  "drift",
  "expected",
  "minor",
  "usual",
  "untestable",
  "too-few",
  "no-data",
];

/** Lists the drift of every endpoint by its newest evaluated window, worst first; unmonitored endpoints last, with the reason. */
export async function listDrift(ctx: Context): Promise<DriftRow[]> {
  permit(ctx, "listDrift");
  const live = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        isNull(endpoints.archivedAt),
        ctx.actor.endpoints ? inArray(endpoints.name, [...ctx.actor.endpoints]) : undefined,
      ),
    )
    .orderBy(asc(endpoints.name));
  const rows = await driftRows(ctx, live);
  return rows.sort((a, b) => rankOf(a) - rankOf(b) || drifted(b) - drifted(a) || a.endpoint.localeCompare(b.endpoint));
}

/** Returns the drift of one endpoint by its newest evaluated window. @throws DomainError "not-found" */
export async function getDriftRow(ctx: Context, endpointId: string): Promise<DriftRow | undefined> {
  permit(ctx, "listDrift");
  const [row] = await driftRows(ctx, [await findEndpointById(ctx, endpointId)]);
  return row;
}

/** Returns the rows of the given endpoints of this workspace, in the given order; the caller has checked permissions. */
export async function driftRows(ctx: Context, some: readonly { id: string; name: string }[]): Promise<DriftRow[]> {
  const ids = some.map(({ id }) => id);
  const deployed = await currentDeployments(ctx, ids);
  const versionIds = [...deployed.values()].map(({ versionId }) => versionId);
  const profiles = await activeProfiles(ctx.db, versionIds);
  const settings = await settingsByEndpoint(ctx.db, ids);
  const windows = await newestWindows(ctx, ids);
  return some.map(({ id, name }): DriftRow => {
    const current = deployed.get(id);
    const ofVersion = windows.filter((each) => each.endpointId === id && each.versionId === current?.versionId);
    const window = ofVersion.find(({ length }) => length === "day") ?? ofVersion[0] ?? null;
    const isWatched = settings.get(id)?.isOn ?? true;
    const hasReference = current ? profiles.has(current.versionId) : false;
    const missing = !current ? "no-version" : !isWatched ? "off" : !hasReference ? "no-reference" : "no-rows";
    return {
      endpointId: id,
      endpoint: name,
      version: current ? { id: current.versionId, model: current.modelName, version: current.version } : null,
      problem: window && isWatched ? null : missing,
      window: window && isWatched ? shown(window) : null,
    };
  });
}

interface Newest {
  endpointId: string;
  versionId: string;
  length: WindowLength;
  start: Date;
  rows: number;
  verdict: DriftVerdict;
  features: FeatureVerdict[];
}

/** Reads the newest hour and the newest day of each version, all rows. */
async function newestWindows(ctx: Context, ids: readonly string[]): Promise<Newest[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .selectDistinctOn([driftWindows.endpointId, driftWindows.versionId, driftWindows.length])
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        inArray(driftWindows.endpointId, [...ids]),
        gte(driftWindows.start, new Date(Date.now() - newestMs)),
        eq(driftWindows.segment, ""),
      ),
    )
    .orderBy(driftWindows.endpointId, driftWindows.versionId, driftWindows.length, sql`${driftWindows.start} desc`);
  return rows;
}

function shown({ length, start, rows, verdict, features }: Newest): DriftRow["window"] {
  const first = features.filter(({ state }) => state === "drift").sort(byRank)[0];
  return { length, start, rows, verdict, first: first?.name ?? null };
}

function rankOf({ window }: DriftRow): number {
  return window ? order.indexOf(window.verdict.state) : order.length;
}

function drifted({ window }: DriftRow): number {
  return window?.verdict.drifted ?? 0;
}
