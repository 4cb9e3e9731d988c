import { and, eq, sql } from "drizzle-orm";
import type { z } from "zod";
import { alerts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { PostedAlert } from "../contract.ts";
import { fingerprint } from "../fingerprint.ts";
import type { AfterChange } from "../groups/refresh-groups.ts";
import { lockAlerts } from "../lock-alerts.ts";
import { receiveAlerts } from "../receive-alerts.ts";
import { WebhookMessage, type WebhookReceipt } from "./contract.ts";

/**
 * Time that an alert from a webhook fires without updates. By default, Alertmanager repeats it every 4 hours, and reports its end once;
 * three missed repeats mean that the sender is gone.
 */
const validMs = dayMs / 2;

type WireAlert = z.output<typeof WebhookMessage>["alerts"][number];

/**
 * Receives the alerts of a message that another Alertmanager, or another Leeway, sent to its webhook. The message may arrive twice, and
 * late: an episode whose end is known does not start again.
 */
export async function receiveWebhook(
  ctx: Context,
  input: WebhookMessage,
  afterChange: AfterChange,
  receivedAt?: number,
): Promise<WebhookReceipt> {
  permit(ctx, "receiveWebhook");
  const message = WebhookMessage.parse(input);
  return transact(ctx, async (ctx) => {
    // The lock prevents changes between this check and the resulting writes.
    await lockAlerts(ctx);
    const now = receivedAt ?? (await databaseNow(ctx.db));
    const known = await knownEpisodes(ctx, message.alerts);
    const fresh = message.alerts.filter((alert) => !isDuplicate(alert, known.get(fingerprintOf(alert)), now));
    const received = await receiveAlerts(
      ctx,
      fresh.map((alert) => toPosted(alert, now)),
      { source: "webhook", now, afterChange },
    );
    return { ...received, duplicates: message.alerts.length - fresh.length };
  });
}

const fingerprintOf = ({ labels }: WireAlert): string => fingerprint(labels ?? {});

interface KnownEpisode {
  startsAt: Date;
  endsAt: Date;
}

async function knownEpisodes(ctx: Context, posted: readonly WireAlert[]): Promise<Map<string, KnownEpisode>> {
  const requested = sql`${alerts.fingerprint} = any(${sql.param(posted.map(fingerprintOf))}::text[])`;
  const rows = await ctx.db
    .select({ fingerprint: alerts.fingerprint, startsAt: alerts.startsAt, endsAt: alerts.endsAt })
    .from(alerts)
    .where(and(eq(alerts.workspaceId, ctx.actor.workspaceId), requested));
  return new Map(rows.map((row) => [row.fingerprint, row]));
}

/** Whether this end is known, or this episode is over already. */
function isDuplicate({ startsAt }: WireAlert, known: KnownEpisode | undefined, now: number): boolean {
  const start = momentOf(startsAt);
  return known !== undefined && known.endsAt.getTime() <= now && start !== undefined && start <= known.endsAt;
}

function toPosted(
  { status, labels, annotations, startsAt, endsAt, generatorURL }: WireAlert,
  now: number,
): PostedAlert {
  const alert = { labels: labels ?? {}, annotations: annotations ?? {}, generatorUrl: generatorURL ?? "" };
  if (status === "firing") {
    const start = momentOf(startsAt);
    return { ...alert, ...(start && { startsAt: start }), endsAt: new Date(now + validMs) };
  }
  // The sender's clock may be ahead. What it reports as over is over.
  const end = Math.min(momentOf(endsAt)?.getTime() ?? now, now);
  const start = Math.min(momentOf(startsAt)?.getTime() ?? end, end);
  return { ...alert, startsAt: new Date(start), endsAt: new Date(end) };
}

/** Parses a time; Go's zero time means that it is missing. */
function momentOf(text: string | null | undefined): Date | undefined {
  return text && !text.startsWith("0001-01-01") ? new Date(text) : undefined;
}
