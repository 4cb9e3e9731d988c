import type { Sent } from "#server/platform/webhooks/send.ts";

/**
 * What came of a try. "failed" can pass by itself and is tried again; "refused" cannot: the same message would be refused again.
 */
export type Outcome = "delivered" | "failed" | "refused";

/** One try, as it is kept. */
export interface DeliveryOutcome {
  outcome: Outcome;
  durationMs: number;
  status: number | null;
  answer: string | null;
  error: string | null;
  retryAfterSeconds?: number | undefined;
  /** What later messages of the group need of the answer. */
  reference?: unknown;
}

/** Of plain HTTP (docs/spec/alerting.md section 8): 2xx is delivered; no answer, 408, 425, 429 and 5xx may pass; anything else is refused. */
export function outcomeOf({ status }: Pick<Sent, "status">): Outcome {
  if (status === null) return "failed";
  if (status >= 200 && status < 300) return "delivered";
  return status === 408 || status === 425 || status === 429 || status >= 500 ? "failed" : "refused";
}

/** Slack's hooks answer "ok" and nothing else; a body that says otherwise under 200 was not taken. */
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

/** Slack's Web API answers 200 also where it refuses: `ok` decides. */
export function outcomeOfCall(
  sent: Pick<Sent, "status">,
  response: { ok: boolean; error?: string | undefined },
): Outcome {
  const outcome = outcomeOf(sent);
  if (outcome !== "delivered" || response.ok) return outcome;
  return passing.has(response.error ?? "") ? "failed" : "refused";
}
