import { and, asc, desc, eq, inArray, isNotNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { notifications } from "#db/schema/index.ts";
import { isReminder, isState, SlackReference } from "../channels/slack-bot.ts";
import { type ChannelSettings, NotificationKind, notificationKinds } from "../contract.ts";
import { readMessage } from "../stored-message.ts";
import { episodeOf } from "./supersede.ts";

export interface NotifiedBefore {
  /** Episodes that fire as the channel knows it. */
  firing: ReadonlySet<string>;
  at: Date | null;
  /** Last response of the channel. */
  reference: unknown;
}

/** Reads the state of a group last sent to a channel. @returns null if none */
export async function notifiedBefore(
  db: Database,
  { turn, groupId }: { turn: string; groupId: string | null },
): Promise<NotifiedBefore | null> {
  if (groupId === null) return null;
  const [last] = await db
    .select({ message: notifications.message, at: notifications.deliveredAt, reference: notifications.reference })
    .from(notifications)
    .where(and(delivered(turn, groupId), ofStates))
    .orderBy(desc(notifications.deliveredAt), desc(notifications.sequence))
    .limit(1);
  if (!last) return null;
  const { alerts } = readMessage(last.message);
  const firing = new Set(alerts.filter(({ status }) => status === "firing").map(episodeOf));
  return { firing, at: last.at, reference: last.reference };
}

/** Reads the data of earlier messages that a group's message needs: the channel's response, and the first title. */
export async function threadOf(
  db: Database,
  { turn, groupId }: { turn: string; groupId: string | null },
): Promise<{ previous: unknown; firstTitle: string | undefined }> {
  if (groupId === null) return { previous: undefined, firstTitle: undefined };
  const [answered] = await db
    .select({ reference: notifications.reference })
    .from(notifications)
    .where(and(delivered(turn, groupId), ofStates, isNotNull(notifications.reference)))
    .orderBy(desc(notifications.deliveredAt), desc(notifications.sequence))
    .limit(1);
  const [first] = await db
    .select({ message: notifications.message })
    .from(notifications)
    .where(delivered(turn, groupId))
    .orderBy(asc(notifications.deliveredAt), asc(notifications.sequence))
    .limit(1);
  return { previous: answered?.reference ?? undefined, firstTitle: first && readMessage(first.message).title };
}

/** Whether a message about a group with an earlier notification edits the existing message, which does not notify anyone. */
export function isEdit(
  settings: ChannelSettings | undefined,
  row: { kind: string },
  { reason, reference }: { reason: string; reference: unknown },
): boolean {
  if (!isState(NotificationKind.parse(row.kind)) || isReminder(reason)) return false;
  if (settings?.kind === "pagerduty") return settings.per === "group";
  return settings?.kind === "slack-bot" && SlackReference.safeParse(reference).success;
}

/** Excludes escalations and notices, which are separate messages in a channel. */
const ofStates = inArray(notifications.kind, notificationKinds.filter(isState));

function delivered(turn: string, groupId: string) {
  return and(eq(notifications.groupId, groupId), eq(notifications.turn, turn), eq(notifications.state, "delivered"));
}
