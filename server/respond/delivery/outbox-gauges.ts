import { Gauge, type Registry, register } from "prom-client";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";

const Waiting = z.object({ channel: z.string(), pending: z.number(), oldest: z.number(), dead: z.number() });
type Waiting = z.infer<typeof Waiting>;

/**
 * Registers Prometheus gauges for the outbox by kind of channel, read on each scrape. From Postgres, so that every worker reports the
 * same: use the maximum, not the sum. @param db of the worker
 */
export function registerOutboxGauges(db: Database, registry: Registry = register): void {
  const gauge = (name: string, help: string, measure: (waiting: Waiting) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["channel"],
      registers: [registry],
      // Each gauge reads separately: all are collected at the same time, and none waits for another.
      async collect() {
        const all = await readOutbox(db).catch(() => []);
        this.reset();
        for (const waiting of all) this.set({ channel: waiting.channel }, measure(waiting));
      },
    });
  gauge("leeway_notifications_pending", "Pending notifications.", ({ pending }) => pending);
  gauge("leeway_notifications_oldest_seconds", "Age of the oldest pending notification.", ({ oldest }) => oldest);
  gauge("leeway_notifications_dead", "Notifications that failed permanently in the last day.", ({ dead }) => dead);
}

/** Reads the pending notifications. Digests are left out because they wait for the end of their hour, which is not a delay. */
async function readOutbox(db: Database): Promise<Waiting[]> {
  const result = await db.execute(`
    with open as (
      select channel_id, turn, state, created_at from notifications where state = 'pending' and lane not like 'digest:%'
      union all
      select channel_id, turn, state, created_at from notifications
      where state = 'dead' and coalesce(died_at, created_at) > now() - interval '1 day'
    )
    select coalesce(channel.kind, 'email') as channel, count(*) filter (where open.state = 'pending')::int as pending,
      count(*) filter (where open.state = 'dead')::int as dead,
      coalesce(extract(epoch from now() - min(open.created_at) filter (where open.state = 'pending')), 0)::float8 as oldest
    from open left join channels as channel on channel.id = open.channel_id group by 1`);
  return rowsOf(Waiting, result);
}
