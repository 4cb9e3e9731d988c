import { and, eq } from "drizzle-orm";
import { channelCallbacks, channels } from "#db/schema/index.ts";
import { findGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import { recordAlertEvents } from "#server/alerting/alerts/history/record-alert-events.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { unacknowledgeGroup } from "#server/respond/acknowledgement/unacknowledge-group.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import type {
  Callback,
  CallbackKind,
  CallbackReceipt,
  CallbackUser,
} from "../../alerting/notifications/callbacks/contract.ts";
import { callbackContext } from "./callback-context.ts";
import { findCallbackGroup } from "./find-callback-group.ts";

/** Maximum age of an event: PagerDuty retries for about 20 minutes and delays others meanwhile, so an older one is a replay. */
const oldestMs = dayMs;

interface VerifiedCallback {
  channelId: string;
  kind: CallbackKind;
  callback: Callback;
  address?: string | undefined;
}

/**
 * Executes a user's action in PagerDuty or Slack, once however often it is delivered. The caller has checked the signature.
 * An action that fails is stored as an outcome, and is no error: the sender could only react by disabling the webhook.
 */
export async function receiveCallback(
  ctx: Context,
  { channelId, kind, callback, address }: VerifiedCallback,
  now = Date.now(),
): Promise<CallbackReceipt> {
  permit(ctx, "receiveCallback");
  const { key, action, by } = callback;
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await findChannel(ctx, channelId);
    const added = await ctx.db
      .insert(channelCallbacks)
      .values({ workspaceId, channelId, key, action, by: by?.name ?? null, at: new Date(now) })
      .onConflictDoNothing()
      .returning({ key: channelCallbacks.key });
    if (added.length === 0) return { outcome: "", isDone: false, isRepeated: true };
    const { groupId, ...came } = by === null || action === "none" ? nothing("") : await carryOut(ctx, by);
    await ctx.db
      .update(channelCallbacks)
      .set({ groupId: groupId ?? null, outcome: came.outcome })
      .where(and(eq(channelCallbacks.channelId, channelId), eq(channelCallbacks.key, key)));
    await publish(ctx, "notification", channelId);
    return { ...came, isRepeated: false };
  });

  async function carryOut(ctx: Context, by: CallbackUser): Promise<Came & { groupId?: string }> {
    if (now - callback.at.getTime() > oldestMs) return nothing("The event is more than a day old and was ignored.");
    const groupId = await findCallbackGroup(ctx, channelId, callback);
    if (groupId === undefined) return nothing("No matching open alert group.");
    const inName = await callbackContext(ctx, { channelId, kind, by, address });
    return { groupId, ...(await carryOutFor(inName, { groupId, kind, action })) };
  }
}

/** @throws DomainError "not-found" */
async function findChannel(ctx: Context, channelId: string): Promise<void> {
  const [found] = await ctx.db
    .select({ id: channels.id })
    .from(channels)
    .where(and(eq(channels.id, channelId), eq(channels.workspaceId, ctx.actor.workspaceId)));
  if (!found) throw new DomainError("not-found", "Channel not found. Check the receiver.");
}

type Came = Omit<CallbackReceipt, "isRepeated">;

function nothing(outcome: string): Came & { groupId?: string } {
  return { outcome, isDone: false };
}

/** Acknowledges a group that was resolved elsewhere: its actual resolution is measured here. @returns the outcome in words */
async function noteResolved(ctx: Context, groupId: string, where: string): Promise<string> {
  const { acknowledgement, summary, groupKey, endedAt } = await findGroup(ctx, groupId, true);
  if (endedAt) return "The group is resolved here as well.";
  if (!acknowledgement) await acknowledgeGroup(ctx, { groupId });
  const { name: actor } = ctx.actor;
  const data = { words: `resolved in ${where}; still firing here` };
  const { ruleKey, title } = summary;
  await recordAlertEvents(ctx, [{ kind: "outside", groupId, groupKey, ruleKey, actor, data }]);
  await record(ctx, "alert.resolved-elsewhere", { subject: `alert-group/${groupId}`, after: { title, where } });
  await noteForGroup(ctx, groupId, { kind: "note", title: `Resolved in ${where} by ${actor}: ${title}` });
  return `Resolved there by ${actor}; still firing here.`;
}

async function carryOutFor(
  ctx: Context,
  { groupId, kind, action }: { groupId: string; kind: CallbackKind; action: Callback["action"] },
): Promise<Came> {
  const where = kind === "pagerduty" ? "PagerDuty" : "Slack";
  try {
    if (action === "acknowledge") {
      // For others the actor's name states the origin.
      await acknowledgeGroup(ctx, { groupId, note: ctx.actor.kind === "user" ? `In ${where}.` : "" });
      return { outcome: `Acknowledged by ${ctx.actor.name}.`, isDone: true };
    }
    if (action === "unacknowledge") {
      await unacknowledgeGroup(ctx, { groupId, note: `In ${where}.` });
      return { outcome: `Unacknowledged by ${ctx.actor.name}.`, isDone: true };
    }
    return { outcome: await noteResolved(ctx, groupId, where), isDone: true };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return nothing(error.message);
  }
}
