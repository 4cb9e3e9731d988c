import { createHmac, timingSafeEqual } from "node:crypto";

/** Maximum clock difference of a Slack request, past or future: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const slackWindowSeconds = 5 * 60;

/**
 * Whether PagerDuty signed these bytes: HMAC-SHA256 of the body, hex, after "v1="; of several signatures, sent while a secret is rotated,
 * one must match. https://developer.pagerduty.com/docs/verifying-webhook-signatures
 */
export function isSignedByPagerDuty(body: Buffer, header: string | undefined, secret: string): boolean {
  const right = `v1=${hmac(secret, body)}`;
  return (header ?? "").split(",").some((one) => isSame(one.trim(), right));
}

/**
 * Whether Slack signed these bytes within five minutes of now: HMAC-SHA256 of "v0:timestamp:body", hex, after "v0=".
 * @param now milliseconds since 1970
 */
export function isSignedBySlack(
  body: Buffer,
  { signature, timestamp }: { signature: string | undefined; timestamp: string | undefined },
  secret: string,
  now: number,
): boolean {
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now / 1000 - Number(timestamp)) > slackWindowSeconds) return false;
  const right = `v0=${hmac(secret, Buffer.concat([Buffer.from(`v0:${timestamp}:`), body]))}`;
  return isSame(signature ?? "", right);
}

function hmac(secret: string, bytes: Buffer): string {
  return createHmac("sha256", secret).update(bytes).digest("hex");
}

/** Takes as long whatever is wrong. */
function isSame(receivedSignature: string, right: string): boolean {
  const [one, other] = [Buffer.from(receivedSignature), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
