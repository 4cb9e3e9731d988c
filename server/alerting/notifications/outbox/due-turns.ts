import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";

/** Turns that have something due, the longest due first; along an index, by one step a turn, however much waits for it. */
export async function dueTurns(db: Database): Promise<string[]> {
  const { rows } = await db.execute<{ turn: string }>(sql`
    with recursive waiting as (
      (select turn from notifications where state = 'pending' order by turn limit 1)
      union all
      select (select turn from notifications where state = 'pending' and turn > waiting.turn order by turn limit 1)
      from waiting where waiting.turn is not null
    )
    select waiting.turn from waiting cross join lateral (
      select next_attempt_at from notifications
      where turn = waiting.turn and state = 'pending' order by next_attempt_at limit 1
    ) as first
    where first.next_attempt_at <= now() order by first.next_attempt_at`);
  return rows.map(({ turn }) => turn);
}

/** Lanes of a turn that have something due and of which nothing is being sent: pages first, then the longest due. */
export async function dueLanes(db: Database, turn: string, most: number): Promise<string[]> {
  const { rows } = await db.execute<{ lane: string }>(sql`
    select lane from notifications as due
    where turn = ${turn} and state = 'pending' and next_attempt_at <= now() and not exists (
      select from notifications as sent
      where sent.turn = due.turn and sent.lane = due.lane and sent.state = 'pending' and sent.lease_ends_at > now()
    )
    group by lane order by bool_or(severity = 'page') desc, min(next_attempt_at) limit ${most}`);
  return rows.map(({ lane }) => lane);
}
