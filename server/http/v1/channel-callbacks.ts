import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { CallbackReceipt } from "#server/alerting/notifications/callbacks/contract.ts";
import { replyInSlack } from "#server/alerting/notifications/callbacks/reply-in-slack.ts";
import { jsonHeaders } from "#server/alerting/notifications/channels/send-slack.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { send } from "#server/platform/webhooks/send.ts";
import { handleCallback } from "#server/respond/callbacks/handle-callback.ts";
import { type Bucket, consumeToken } from "#server/serve/protection/token-bucket.ts";

const path = "/channels/:channel/callbacks";
/** The address before the first release, with which PagerDuty and Slack may still be configured. */
const formerPath = "/channels/:channel/answers";
const params = z.object({ channel: z.uuid() });
/** PagerDuty sends at most 256 KB; Slack includes the original message of up to 12,000 characters. */
const maxBytes = 256 * 1024;
/** Rate limit. The burst covers a storm of incidents acknowledged together; PagerDuty retries rate-limited callbacks. */
const rate = { perSecond: 5, burst: 100 };
const maxSenders = 5_000;

/** Receives callbacks of PagerDuty and Slack. Both sign the bytes, so these are read as they were sent. */
export function channelCallbacks(app: FastifyInstance, { db }: WebDependencies): void {
  const summary = "Receive PagerDuty (webhooks v3) or Slack (interactivity) callbacks, authenticated by signature";
  app.operations.push({ method: "POST", path, summary, params, response: CallbackReceipt, status: 200 });
  const buckets = new Map<string, Bucket>();
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: maxBytes }, (_request, body, done) =>
      done(null, body),
    );
    const onRequest = async ({ ip, params }: { ip: string; params: unknown }) =>
      admit(buckets, `${ip} ${JSON.stringify(params)}`);
    for (const url of [path, formerPath]) {
      scope.post(url, { config: { isPublic: true }, bodyLimit: maxBytes, onRequest }, async (request, reply) => {
        const channelId = params.parse(request.params).channel;
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const taken = await handleCallback(db, { channelId, body, headers: request.headers, address: request.ip });
        const reported = replyInSlack(taken);
        // Slack waits three seconds for the response, and this is not part of it.
        if (reported) void notify(reported);
        return reply.send(CallbackReceipt.parse(taken));
      });
    }
  });
}

/** Admits a callback within the sender's rate limit. @throws DomainError "rate-limited" */
function admit(buckets: Map<string, Bucket>, sender: string): void {
  const { bucket, waitSeconds } = consumeToken(buckets.get(sender), rate, performance.now());
  // Evicts the sender that was idle longest, which then regains its burst early.
  buckets.delete(sender);
  buckets.set(sender, bucket);
  if (buckets.size > maxSenders) buckets.delete(buckets.keys().next().value as string);
  if (waitSeconds === 0) return;
  const message = `Rate limit of ${rate.perSecond} requests/s exceeded. Retry later.`;
  throw new DomainError("rate-limited", message, { retryAfterSeconds: waitSeconds });
}

async function notify({ url, body }: { url: string; body: string }): Promise<void> {
  const { status, error } = await send(url, { headers: jsonHeaders(body), body }, { allowsPrivate: false });
  if (error !== null || status !== 200) log.warn("slack.reply_failed", { status, reason: error });
}
