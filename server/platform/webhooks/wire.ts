import { createHmac } from "node:crypto";
import type { WebhookEvent } from "./mlflow-events.ts";

/** Builds the body that is sent for an event: `{ entity, action, timestamp, data }`, as MLflow does. */
export function bodyOf({ event, data }: WebhookEvent, at: Date): string {
  const [entity = "", action = ""] = event.split(".");
  return JSON.stringify({ entity, action, timestamp: at.toISOString(), data });
}

/**
 * Headers of a delivery. The signature is HMAC-SHA256 over "<delivery id>.<seconds>.<body>", base64, after "v1,"; several are
 * separated by a space, as in https://www.standardwebhooks.com.
 */
export function headersOf(delivery: { id: string; body: string }, secrets: readonly string[], now: Date) {
  const seconds = Math.floor(now.getTime() / 1000).toString();
  const signed = `${delivery.id}.${seconds}.${delivery.body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`);
  return {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(delivery.body).toString(),
    "User-Agent": "Leeway-Webhooks",
    "X-MLflow-Delivery-Id": delivery.id,
    "X-MLflow-Timestamp": seconds,
    ...(signatures.length > 0 && { "X-MLflow-Signature": signatures.join(" ") }),
  };
}
