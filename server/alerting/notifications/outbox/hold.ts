import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { notifications } from "#db/schema/index.ts";
import { formatCount } from "#server/base/format-number.ts";
import type { Message } from "../contract.ts";
import { readMessage } from "../stored-message.ts";
import { hourOf } from "./cap.ts";

type Row = typeof notifications.$inferSelect;

const lanePrefix = "digest:";
/** Titles that a digest names. */
const maxTitles = 10;

/** Whether it is a digest of rate-limited messages, which is never rate-limited itself. */
export function isDigest({ lane }: Pick<Row, "lane">): boolean {
  return lane.startsWith(lanePrefix);
}

/** Holds a message back, and counts it in the digest that the channel gets at the end of the hour. The caller has locked the turn. */
export async function hold(db: Database, row: Row & { message: Message }, now: Date): Promise<void> {
  const { from, to } = hourOf(now);
  const lane = `${lanePrefix}${from.toISOString()}`;
  const deduplicationKey = `${lane}@${row.turn}`;
  await db
    .update(notifications)
    .set({
      state: "capped",
      nextAttemptAt: null,
      leaseEndsAt: null,
      note: "Rate-limited by the channel's hourly limit and included in a digest.",
    })
    .where(eq(notifications.id, row.id));
  const [known] = await db
    .select()
    .from(notifications)
    .where(and(eq(notifications.workspaceId, row.workspaceId), eq(notifications.deduplicationKey, deduplicationKey)));
  const count = (known?.supersedes ?? 0) + 1;
  const titles = [...(known ? readMessage(known.message).lines.slice(1) : []), row.message.title].slice(0, maxTitles);
  const message = digestOf({ count, titles, from });
  if (known) {
    await db.update(notifications).set({ message, supersedes: count }).where(eq(notifications.id, known.id));
    return;
  }
  const { workspaceId, channelId, userId, address, turn } = row;
  await db.insert(notifications).values({
    workspaceId,
    channelId,
    userId,
    address,
    turn,
    lane,
    deduplicationKey,
    message,
    kind: "notice",
    severity: "ticket",
    supersedes: count,
    nextAttemptAt: to,
  });
}

function digestOf({ count, titles, from }: { count: number; titles: string[]; from: Date }): Message {
  const since = `${from.toISOString().slice(11, 16)} UTC`;
  return {
    title: `${formatCount(count)} ${count === 1 ? "message" : "messages"} rate-limited since ${since}`,
    lines: [`This channel reached its hourly message limit. Not sent:`, ...titles],
    facts: [],
    severity: "ticket",
    status: "info",
    reason: "",
    receiver: "",
    groupKey: "",
    groupLabels: {},
    alerts: [],
    links: [{ text: "View rate-limited messages", path: "/alerts/receivers?state=capped" }],
  };
}
