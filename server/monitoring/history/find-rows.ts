import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Grain } from "./contract.ts";
import { ceilTo, floorTo, gapsIn, grainMs, type Span } from "./grains.ts";

/** Of which key, with the arms that count. */
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

/**
 * The fewest rows that make up a span: days that lie within it, hours where there is no day, minutes where there is no hour. A day or hour that the worker has not
 * merged yet is read from its parts.
 * @param coarsest rows of a longer grain are not taken
 */
export async function findRows(db: Database, of: RowsOf, span: Span, coarsest: Grain): Promise<StateRow[]> {
  const rows: StateRow[] = [];
  let gaps = [span];
  for (const grain of coarsest === "day"
    ? (["day", "hour", "minute"] as const)
    : coarsest === "hour"
      ? (["hour", "minute"] as const)
      : (["minute"] as const)) {
    const inner = gaps
      .map(({ from, to }) => ({ from: ceilTo(from, grain), to: floorTo(to, grain) }))
      .filter(({ from, to }) => from < to);
    if (inner.length === 0) continue;
    const found = await select(db, of, inner, grain);
    rows.push(...found);
    const starts = found.map(({ start }) => start);
    gaps = gaps.flatMap((gap) =>
      gapsIn(
        gap,
        starts.filter((start) => start >= gap.from && start < gap.to),
        grainMs[grain],
      ),
    );
  }
  return rows;
}

async function select(db: Database, of: RowsOf, spans: readonly Span[], grain: Grain): Promise<StateRow[]> {
  const { rows } = await db.execute<{ start: string; state: Buffer }>(sql`
    select extract(epoch from start) * 1000 as start, state from feature_states
    where ${isOf(of)} and grain = ${grain} and (${sql.join(spans.map(within), sql` or `)})`);
  return rows.map(({ start, state }) => ({ start: Number(start), state }));
}

function isOf({ workspaceId, endpointId, versionId, profileId, segment, arms }: RowsOf): SQL {
  return sql`workspace_id = ${workspaceId}::uuid and endpoint_id = ${endpointId}::uuid and version_id = ${versionId}::uuid
    and profile_id = ${profileId}::uuid and segment = ${segment} and arm in (${sql.join(
      arms.map((arm) => sql`${arm}`),
      sql`, `,
    )})`;
}

function within({ from, to }: Span): SQL {
  return sql`(start >= ${new Date(from).toISOString()}::timestamptz and start < ${new Date(to).toISOString()}::timestamptz)`;
}
