import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { Channel } from "../contract.ts";

const Row = z.object({
  channelId: z.string(),
  pending: z.number(),
  dead: z.number(),
  held: z.number(),
  lastDeliveredAt: z.string().nullable(),
});

/** Reads the outbox state of each channel, using the index per channel, so that the cost does not depend on past messages. */
export async function outboxOf(
  ctx: Context,
  channelIds: readonly string[],
): Promise<Map<string, Pick<Channel, "outbox" | "lastDeliveredAt">>> {
  if (channelIds.length === 0) return new Map();
  const result = await ctx.db.execute(sql`
    select channel.id as "channelId", waits.pending, lately.dead, lately.held,
      (select delivered_at from notifications where turn = 'channel:' || channel.id and state = 'delivered'
        order by delivered_at desc limit 1) as "lastDeliveredAt"
    from unnest(${sql.param([...channelIds])}::uuid[]) as channel(id)
    cross join lateral (
      select count(*)::int as pending from notifications where turn = 'channel:' || channel.id and state = 'pending'
    ) as waits
    cross join lateral (
      select (
        select count(*)::int from notifications
        where workspace_id = ${ctx.actor.workspaceId} and state = 'dead' and died_at > now() - interval '1 day'
          and channel_id = channel.id
      ) as dead, (
        select count(*)::int from notifications
        where channel_id = channel.id and created_at > now() - interval '1 day' and state = 'capped'
      ) as held
    ) as lately`);
  return new Map(
    rowsOf(Row, result).map(({ channelId, lastDeliveredAt, ...outbox }) => [
      channelId,
      { outbox, lastDeliveredAt: lastDeliveredAt === null ? null : new Date(lastDeliveredAt) },
    ]),
  );
}
