import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Grain } from "./contract.ts";
import { ceilTo, floorTo, gapsIn, grainMs, type Span } from "./grains.ts";

/** Key of the rows, with the arms that count. */
export interface RowsOf {
  workspaceId: string;
  endpointId: string;
  versionId: string;
  profileId: string;
  segment: string;
  arms: readonly string[];
}

export interface StateRow {
  /** Milliseconds since 1970. */
  start: number;
  state: Buffer;
}

const grainsFrom: Record<Grain, readonly Grain[]> = {
  day: ["day", "hour", "minute"],
  hour: ["hour", "minute"],
  minute: ["minute"],
};

/**
 * Finds the minimum set of rows that covers a range: days within it, hours where there is no day, minutes where there is no hour. A day
 * or hour that the worker has not merged yet is read from its parts.
 * @param coarsest rows of a longer grain are not used
 */
export async function findRows(db: Database, of: RowsOf, span: Span, coarsest: Grain): Promise<StateRow[]> {
  const [rows] = await findRowsOf(db, [of], span, coarsest);
  return rows ?? [];
}

/** Finds rows of several keys, in their order, with as many statements as for one. */
export async function findRowsOf(
  db: Database,
  keys: readonly RowsOf[],
  span: Span,
  coarsest: Grain,
): Promise<StateRow[][]> {
  const rows: StateRow[][] = keys.map(() => []);
  const gaps: Span[][] = keys.map(() => [span]);
  for (const grain of grainsFrom[coarsest]) {
    const requests = keys.flatMap((key, index) =>
      (gaps[index] ?? [])
        .map(({ from, to }) => ({ key, place: index, from: ceilTo(from, grain), to: floorTo(to, grain) }))
        .filter(({ from, to }) => from < to),
    );
    const found = requests.length === 0 ? new Map() : await select(db, requests, grain);
    for (const [index, own] of found) {
      rows[index]?.push(...own);
      gaps[index] = (gaps[index] ?? []).flatMap((gap) => gapsWithout(gap, own, grain));
    }
  }
  return rows;
}

function gapsWithout(gap: Span, found: readonly StateRow[], grain: Grain): Span[] {
  const starts = found.map(({ start }) => start).filter((start) => start >= gap.from && start < gap.to);
  return gapsIn(gap, starts, grainMs[grain]);
}

interface Requested extends Span {
  key: RowsOf;
  place: number;
}

/** Selects rows by the index of their key. */
async function select(db: Database, requests: readonly Requested[], grain: Grain): Promise<Map<number, StateRow[]>> {
  const given = requests.map(({ key, place: index, from, to }) => ({
    ...key,
    place: index,
    starts: new Date(from).toISOString(),
    ends: new Date(to).toISOString(),
  }));
  // Each span by the primary key, whatever the planner thinks of how many rows it has.
  const { rows } = await db.execute<{ place: number; start: number; state: Buffer }>(sql`
    select given.place, (extract(epoch from found.start) * 1000)::float8 as start, found.state
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given(place int, "workspaceId" uuid, "endpointId" uuid,
      "versionId" uuid, "profileId" uuid, segment text, arms jsonb, starts timestamptz, ends timestamptz)
    cross join lateral (
      select start, state from feature_states
      where workspace_id = given."workspaceId" and endpoint_id = given."endpointId" and grain = ${grain}
        and start >= given.starts and start < given.ends and version_id = given."versionId"
        and profile_id = given."profileId" and segment = given.segment and given.arms ? arm
      offset 0
    ) as found`);
  return Map.groupBy(rows, ({ place: index }) => index);
}
