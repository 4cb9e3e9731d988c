import { ne, or, sql } from "drizzle-orm";
import { rolloutOutcomes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { attribute } from "./attribute.ts";
import type { Outcome, RecordedOutcomes } from "./contract.ts";

/** Records outcomes of the units of an endpoint's rollouts. In the caller's transaction; the caller has checked permissions. */
export async function keepOutcomes(
  ctx: Context,
  endpointId: string,
  outcomes: readonly Outcome[],
  now: Date,
): Promise<RecordedOutcomes> {
  const { workspaceId } = ctx.actor;
  const { attributed, unknown } = await attribute(ctx, endpointId, outcomes, now);
  // If one unit occurs twice in a batch, the last one counts: Postgres rejects updating a row twice.
  const last = new Map(attributed.map((one) => [`${one.rolloutId} ${one.name} ${one.unit}`, one]));
  // In one order, which prevents deadlocks between two batches with the same units.
  const rows = [...last].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => ({ workspaceId, ...one }));
  const changed = rows.length > 0 ? await store(ctx, rows) : [];
  const replaced = changed.filter(({ isNew }) => !isNew).length;
  return {
    recorded: rows.length + unknown.length,
    added: changed.length - replaced,
    unchanged: rows.length - changed.length,
    replaced,
    unknown,
  };
}

function store(ctx: Context, rows: (typeof rolloutOutcomes.$inferInsert)[]) {
  return (
    ctx.db
      .insert(rolloutOutcomes)
      .values(rows)
      .onConflictDoUpdate({
        target: [rolloutOutcomes.rolloutId, rolloutOutcomes.unit, rolloutOutcomes.name],
        set: { value: sql`excluded.value`, at: sql`excluded.at` },
        setWhere: or(
          ne(rolloutOutcomes.value, sql`excluded.value`),
          sql`(${rolloutOutcomes.value} is null) <> (excluded.value is null)`,
        ),
      })
      // A row that was inserted has no transaction that updated it.
      .returning({ isNew: sql<boolean>`xmax = 0` })
  );
}
