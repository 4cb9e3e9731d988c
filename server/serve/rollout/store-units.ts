import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import { CountRows, countUnit } from "./count-rows.ts";
import type { SeenUnit, UnitEvent } from "./unit-rows.ts";

/** Source name under which counts of keyed units are stored. */
const source = "units";
const unitsPerTransaction = 2000;

interface UnitsOf {
  workspaceId: string;
  rolloutId: string;
  /** In which a unit counts when it is new. */
  metrics: readonly GuardrailMetric[];
}

/**
 * Marks units as seen and as bad, and adds those not marked before to the counts, in one transaction: a retry after a lost response
 * adds nothing. Units of a deleted rollout are omitted.
 */
export async function storeUnits(db: Database, of: UnitsOf, units: readonly SeenUnit[]): Promise<void> {
  // In one order everywhere, so that two gateways with the same units wait for each other instead of deadlocking.
  const sorted = units.toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
  for (let start = 0; start < sorted.length; start += unitsPerTransaction) {
    const some = sorted.slice(start, start + unitsPerTransaction);
    await db.transaction((tx) => store(tx, of, some));
  }
}

async function store(db: Database, of: UnitsOf, units: readonly SeenUnit[]): Promise<void> {
  const { workspaceId, rolloutId, metrics } = of;
  const added = new CountRows();
  const seen = units.map(({ events: _, ...seen }) => seen);
  const { rows: fresh } = await db.execute<{ arm: "stable" | "canary"; step: number; weight: number }>(sql`
    insert into rollout_units (workspace_id, rollout_id, unit, arm, step, weight)
    select ${workspaceId}, ${rolloutId}, unit, arm, step, weight
    from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as given(unit text, arm text, step int, weight float8)
    where exists (select from rollouts where id = ${rolloutId} and workspace_id = ${workspaceId})
    order by unit
    on conflict do nothing
    returning arm, step, weight`);
  for (const row of fresh) for (const metric of metrics) countUnit(added.of(metric, row), false);
  for (const event of await firstEvents(db, rolloutId, units)) {
    const row = added.of(event.metric, event, event.bin);
    // For a share of bad units, the unit itself has already been counted.
    if (event.metric === "cost" || event.metric === "output-shift")
      countUnit(row, event.metric === "output-shift", event.value);
    else row.events += 1;
  }
  await add(db, of, added);
}

/** Returns the events of units that are the first in their metric; the units are marked with them. */
async function firstEvents(db: Database, rolloutId: string, units: readonly SeenUnit[]): Promise<UnitEvent[]> {
  const bad = units.filter(({ events }) => events.length > 0);
  if (bad.length === 0) return [];
  const { rows } = await db.execute<{ unit: string; bad: string[] }>(sql`
    select unit, bad from rollout_units where rollout_id = ${rolloutId} and unit = any(${sql.param(bad.map(({ unit }) => unit))}::text[])
    order by unit for update`);
  const before = new Map(rows.map(({ unit, bad }) => [unit, bad]));
  const marks = bad.flatMap(({ unit, events }) => {
    const known = before.get(unit);
    const first = known ? events.filter(({ metric }) => !known.includes(metric)) : [];
    return first.length > 0 ? [{ unit, events: first, bad: first.map(({ metric }) => metric) }] : [];
  });
  if (marks.length === 0) return [];
  await db.execute(sql`
    update rollout_units set bad = rollout_units.bad || array(select jsonb_array_elements_text(given.bad))
    from jsonb_to_recordset(${JSON.stringify(marks.map(({ unit, bad }) => ({ unit, bad })))}::jsonb) as given(unit text, bad jsonb)
    where rollout_id = ${rolloutId} and rollout_units.unit = given.unit`);
  return marks.flatMap(({ events }) => events);
}

async function add(db: Database, { workspaceId, rolloutId }: UnitsOf, added: CountRows): Promise<void> {
  const rows = added.all;
  if (rows.length === 0) return;
  await db.execute(sql`
    insert into rollout_counts (workspace_id, rollout_id, source, metric, bin, step, arm, weight, units, events, misses, sum, sum_squares)
    select ${workspaceId}, ${rolloutId}, ${source}, metric, bin, step, arm, weight, units, events, 0, sum, "sumSquares"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(metric text, bin int, step int, arm text, weight float8,
      units bigint, events bigint, sum float8, "sumSquares" float8)
    order by metric, bin, step, arm
    on conflict (rollout_id, source, metric, bin, step, arm) do update set
      units = rollout_counts.units + excluded.units, events = rollout_counts.events + excluded.events,
      sum = rollout_counts.sum + excluded.sum, sum_squares = rollout_counts.sum_squares + excluded.sum_squares`);
}
