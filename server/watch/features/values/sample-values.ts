import { inArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { featureViewVersions } from "#db/schema/index.ts";
import { hourMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { FeatureType, StoreValue, ViewVersion } from "#server/develop/features/contract.ts";
import { toVersion } from "#server/develop/features/definitions/shapes.ts";
import { layoutOf, slotsOf } from "#server/develop/features/definitions/view-features.ts";
import { versionOfRow } from "#server/develop/features/rows/packed-row.ts";
import {
  addValue,
  emptyValueTally,
  hasLevels,
  mergeValueTallies,
  StoredLevels,
  type ValueTally,
} from "./value-tally.ts";

/** Arrivals of a view from a transaction on. */
interface Sampled {
  viewId: string;
  workspaceId: string;
  number: number;
  transaction: string;
}

/** Rows of one view at a time, the latest ones. */
const maxRows = 500;

const Row = z.object({ arrivedAt: z.number(), packed: z.instanceof(Buffer) });

/** Adds a sample of what arrived below the horizon to the hours of its values. The caller has locked the marks of the views. */
export async function sampleValues(db: Database, views: readonly Sampled[], horizon: string): Promise<void> {
  if (views.length === 0) return;
  const ids = views.map(({ viewId }) => viewId);
  const rows = await db.select().from(featureViewVersions).where(inArray(featureViewVersions.viewId, ids));
  const versions = Map.groupBy(rows, ({ viewId }) => viewId);
  const tallies: Tally[] = [];
  for (const view of views) {
    const ofView = new Map((versions.get(view.viewId) ?? []).map((row) => [row.version, toVersion(row)]));
    tallies.push(...(await tallyView(db, view, ofView, horizon)));
  }
  await addTallies(db, tallies);
}

interface Tally extends ValueTally {
  viewId: string;
  workspaceId: string;
  feature: string;
  /** Start, in milliseconds since 1970. */
  hour: number;
}

async function tallyView(
  db: Database,
  { viewId, workspaceId, number, transaction }: Sampled,
  versions: ReadonlyMap<number, ViewVersion>,
  horizon: string,
): Promise<Tally[]> {
  const result = await db.execute(sql`
    select arrived_at::float8 as "arrivedAt", packed from feature_arrivals
    where view_number = ${number} and transaction >= ${transaction}::xid8 and transaction < ${horizon}::xid8
    order by transaction desc, sequence desc limit ${maxRows}`);
  const tallies = new Map<string, Tally>();
  for (const { arrivedAt, packed } of rowsOf(Row, result)) {
    const version = versions.get(versionOfRow(packed));
    if (!version) continue;
    const hour = Math.floor(arrivedAt / 1000 / hourMs) * hourMs;
    for (const { name, isOfLevels, read } of readersOf(version)) {
      const key = `${hour} ${name}`;
      const tally = tallies.get(key) ?? { viewId, workspaceId, feature: name, hour, ...emptyValueTally(isOfLevels) };
      tallies.set(key, tally);
      addValue(tally, read(packed));
    }
  }
  return [...tallies.values()];
}

interface Reader {
  name: string;
  isOfLevels: boolean;
  read: (packed: Buffer) => StoreValue;
}

const readers = new WeakMap<ViewVersion, Reader[]>();

function readersOf(version: ViewVersion): Reader[] {
  const known = readers.get(version);
  if (known) return known;
  const layout = layoutOf(version);
  const tags = new Map(version.features.map((feature) => [feature.name, feature.tags]));
  const made = slotsOf(version).map(({ name, type }: { name: string; type: FeatureType }) => {
    return { name, isOfLevels: hasLevels({ type, tags: tags.get(name) }), read: layout.reader(name, type) };
  });
  readers.set(version, made);
  return made;
}

const Known = z.object({
  viewId: z.string(),
  feature: z.string(),
  hour: z.number(),
  rows: z.number(),
  nulls: z.number(),
  levels: StoredLevels,
});

async function addTallies(db: Database, tallies: readonly Tally[]): Promise<void> {
  if (tallies.length === 0) return;
  const added = tallies.map(({ hour, ...tally }) => ({ ...tally, hour: new Date(hour).toISOString() }));
  const keys = added.map(({ viewId, feature, hour }) => ({ viewId, feature, hour }));
  const result = await db.execute(sql`
    select known.view_id as "viewId", known.feature, (extract(epoch from known.hour) * 1000)::float8 as hour, known.rows::float8 as rows,
      known.nulls::float8 as nulls, known.levels
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as asked("viewId" uuid, feature text, hour timestamptz)
    join feature_value_hours as known on known.view_id = asked."viewId" and known.feature = asked.feature and known.hour = asked.hour`);
  const known = new Map(rowsOf(Known, result).map((row) => [`${row.viewId} ${row.hour} ${row.feature}`, row]));
  const rows = tallies.map((tally, index) => {
    const before = known.get(`${tally.viewId} ${tally.hour} ${tally.feature}`);
    return { ...added[index], ...(before ? mergeValueTallies(before, tally) : {}) };
  });
  await db.execute(sql`
    insert into feature_value_hours (workspace_id, view_id, feature, hour, rows, nulls, levels)
    select "workspaceId", "viewId", feature, hour, rows, nulls, nullif(levels, 'null'::jsonb)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as added("workspaceId" uuid, "viewId" uuid, feature text, hour timestamptz,
      rows int8, nulls int8, levels jsonb)
    on conflict (view_id, feature, hour) do update set rows = excluded.rows, nulls = excluded.nulls, levels = excluded.levels`);
}
