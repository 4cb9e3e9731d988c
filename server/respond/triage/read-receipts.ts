import { sql } from "drizzle-orm";
import { z } from "zod";
import { failedAttempts } from "#server/alerting/notifications/outbox/failing.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { type Receipt, receiptState } from "./receipt.ts";

const Row = z.object({
  id: z.string(),
  receiverId: z.string().nullable(),
  to: z.string(),
  by: z.string(),
  userId: z.string().nullable(),
  at: z.coerce.date(),
  state: z.enum(["pending", "delivered", "dead", "cancelled", "capped"]),
  attempts: z.number(),
  note: z.string(),
  error: z.string().nullable(),
});

interface Asked {
  groupIds: readonly string[];
  incidentId: string | null;
  /** People who acknowledged one of the groups. */
  acknowledgedBy: readonly string[];
  /** When the first one did, in milliseconds since 1970; null for not yet. */
  acknowledgedAt: number | null;
  now: number;
}

const maxReceipts = 12;

/** Reads what became of the pages about a line: the newest of each person or receiver and channel in the last day, newest first. */
export async function readReceipts(ctx: Context, asked: Asked): Promise<Receipt[]> {
  const { groupIds, incidentId, acknowledgedBy, acknowledgedAt, now } = asked;
  const found = await ctx.db.execute(sql`
    select * from (
      select distinct on (one.turn) one.id, receiver.id as "receiverId", coalesce(person.name, receiver.name, nullif(one.message->>'receiver', ''), 'removed') as "to",
        coalesce(channel.kind, 'email') as by, one.user_id as "userId", one.state, one.attempts, one.note,
        coalesce(one.delivered_at, one.died_at, one.created_at) as at,
        (select coalesce(error, 'The server responded with ' || status || '.') from notification_attempts as attempt
          where attempt.notification_id = one.id order by attempt.at desc limit 1) as error
      from notifications as one
      left join users as person on person.id = one.user_id
      left join channels as channel on channel.id = one.channel_id
      left join receivers as receiver on receiver.id = channel.receiver_id
      where one.workspace_id = ${ctx.actor.workspaceId} and one.severity = 'page' and one.kind in ('group', 'escalation', 'incident')
        and (one.group_id = any(${sql.param([...groupIds])}::uuid[]) or one.incident_id = ${incidentId}::uuid)
        and one.message->>'status' = 'firing' and one.created_at > now() - interval '1 day'
      order by one.turn, one.sequence desc
    ) as newest order by at desc limit ${maxReceipts}`);
  return rowsOf(Row, found).map(({ id, to, by, at, userId, receiverId, state, attempts, note, error }) => {
    const isPerson = userId !== null;
    const hasAcknowledged = isPerson && acknowledgedBy.includes(userId);
    const page = { state, isFailing: attempts >= failedAttempts, isPerson, hasAcknowledged, at: at.getTime() };
    const shown = receiptState(page, acknowledgedAt, now);
    const reason = shown === "failed" ? note || (error ?? "") : shown === "not-sent" ? note : "";
    const canRetry = state === "dead" || state === "capped";
    const fixHref = shown === "failed" ? repairOf(receiverId) : null;
    return { id, to, isPerson, by, at, state: shown, reason, canRetry, fixHref };
  });
}

/** Where a failed delivery is repaired: at the receiver of its channel, or where contact methods and the mail server are listed. */
function repairOf(receiverId: string | null): string {
  return receiverId === null ? "/alerts/receivers" : `/alerts/receivers/${receiverId}`;
}
