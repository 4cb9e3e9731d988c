import { ne, or, sql } from "drizzle-orm";
import { rolloutOutcomes } from "#db/schema/index.ts";
import { type Context, transact } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { findLiveEndpoint } from "#server/serving/lookups.ts";
import { attribute } from "./attribute.ts";
import { type RecordedOutcomes, RecordOutcomes } from "./contract.ts";

/**
 * Keeps what came of requests, such as orders and what they were worth, for the rollout that assigned them: by request id, or by key where
 * a rollout assigns by keys. The same again changes nothing; another value takes the place of the earlier one. Those that cannot be told
 * of are named, and may be posted again. @throws DomainError "not-found", "conflict" when the endpoint is archived
 */
export async function recordOutcomes(ctx: Context, input: RecordOutcomes): Promise<RecordedOutcomes> {
  permit(ctx, "recordOutcomes");
  const { endpointId, outcomes } = RecordOutcomes.parse(input);
  const { workspaceId } = ctx.actor;
  return transact(ctx, async (ctx) => {
    await findLiveEndpoint(ctx, endpointId);
    const { attributed, unknown } = await attribute(ctx, endpointId, outcomes, new Date());
    // One unit twice in a batch: the last one counts, and Postgres refuses to update a row twice.
    const last = new Map(attributed.map((one) => [`${one.rolloutId} ${one.name} ${one.unit}`, one]));
    // In one order, so that two batches with the same units wait for each other rather than end each other.
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
  });
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
