import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** Duration of a lease. An attempt takes less: the receiver has ten seconds, so a worker that holds a delivery for longer has crashed. */
const leaseSeconds = 60;

/** A delivery that this worker tries until its lease ends. */
const ClaimedDelivery = z.object({ id: z.string(), workspaceId: z.string(), receiver: z.string() });
export type ClaimedDelivery = z.infer<typeof ClaimedDelivery>;

/** Receivers that have something due, the longest due first; along an index, by one step a receiver, however much waits for it. */
export async function dueReceivers(db: Database): Promise<string[]> {
  const { rows } = await db.execute<{ receiver: string }>(sql`
    with recursive waiting as (
      (select receiver from webhook_deliveries where state = 'pending' order by receiver limit 1)
      union all
      select (select receiver from webhook_deliveries where state = 'pending' and receiver > waiting.receiver
        order by receiver limit 1)
      from waiting where waiting.receiver is not null
    )
    select waiting.receiver from waiting cross join lateral (
      select next_attempt_at from webhook_deliveries
      where receiver = waiting.receiver and state = 'pending' order by next_attempt_at limit 1
    ) as first
    where first.next_attempt_at <= now() order by first.next_attempt_at`);
  return rows.map(({ receiver }) => receiver);
}

/** Claims up to the given number of due deliveries per receiver, longest overdue first. Concurrent workers claim different deliveries. */
export async function claimDeliveries(db: Database, slots: ReadonlyMap<string, number>): Promise<ClaimedDelivery[]> {
  if (slots.size === 0) return [];
  const result = await db.execute(sql`
    with due as materialized (
      select delivery.id
      from unnest(${sql.param([...slots.keys()])}::text[], ${sql.param([...slots.values()])}::int[]) as slot(receiver, count)
      cross join lateral (
        select id from webhook_deliveries
        where receiver = slot.receiver and state = 'pending' and next_attempt_at <= now()
        order by next_attempt_at limit slot.count for update skip locked
      ) as delivery
    )
    update webhook_deliveries as delivery set next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
    from due where delivery.id = due.id
    returning delivery.id, delivery.workspace_id as "workspaceId", delivery.receiver`);
  return rowsOf(ClaimedDelivery, result);
}
