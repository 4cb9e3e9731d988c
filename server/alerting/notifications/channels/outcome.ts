import type { Sent } from "#server/platform/webhooks/send.ts";

/** Result of an attempt. "failed" may be temporary and is retried; "refused" is not: the same message would be refused again. */
export type Outcome = "delivered" | "failed" | "refused";

/** Result of one attempt, as stored. */
export interface DeliveryOutcome {
  outcome: Outcome;
  durationMs: number;
  status: number | null;
  answer: string | null;
  error: string | null;
  retryAfterSeconds?: number | undefined;
  /** Part of the response that later messages of the group need. */
  reference?: unknown;
}

/**
 * Maps an HTTP status (docs/spec/alerting.md section 8): 2xx is delivered; no response, 408, 425, 429 and 5xx may be temporary; anything
 * else is refused.
 */
export function outcomeOf({ status }: Pick<Sent, "status">): Outcome {
  if (status === null) return "failed";
  if (status >= 200 && status < 300) return "delivered";
  return status === 408 || status === 425 || status === 429 || status >= 500 ? "failed" : "refused";
}

/** Evaluates a Slack hook's response, which is "ok" on success; any other body with status 200 means that the message was rejected. */
export function outcomeOfHook(sent: Pick<Sent, "status" | "answer">): Outcome {
  const outcome = outcomeOf(sent);
  return outcome === "delivered" && sent.answer?.trim() !== "ok" ? "refused" : outcome;
}

/** Errors of Slack's Web API that pass: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const passing = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
]);

/** Evaluates a response of Slack's Web API, which has status 200 even on rejection: `ok` decides. */
export function outcomeOfCall(
  sent: Pick<Sent, "status">,
  response: { ok: boolean; error?: string | undefined },
): Outcome {
  const outcome = outcomeOf(sent);
  if (outcome !== "delivered" || response.ok) return outcome;
  return passing.has(response.error ?? "") ? "failed" : "refused";
}
