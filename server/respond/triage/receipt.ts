import { z } from "zod";

const receiptStates = ["queued", "delivered", "acknowledged", "no-answer", "failed", "not-sent"] as const;

/** What became of a page for a person or a receiver through one channel. */
export const Receipt = z.object({
  /** Id of the notification. */
  id: z.uuid(),
  /** Name of the person or receiver. */
  to: z.string(),
  isPerson: z.boolean(),
  /** Kind of the channel: "email", "slack-bot". */
  by: z.string(),
  at: z.date(),
  /** no-answer: delivered to a person who has not acknowledged it for some minutes. */
  state: z.enum(receiptStates),
  /** Why it failed or was not sent; empty otherwise. */
  reason: z.string(),
  /** Whether it may be sent again. */
  canRetry: z.boolean(),
  /** Address of the settings that repair a failure; null where nothing failed. */
  fixHref: z.string().nullable(),
});
export type Receipt = z.infer<typeof Receipt>;

/** Time after which a delivered page that its person did not acknowledge counts as not answered, in milliseconds. */
export const answerMs = 5 * 60_000;

/** What is known of a page. Times are milliseconds since 1970. */
export interface SentPage {
  state: "pending" | "delivered" | "dead" | "cancelled" | "capped";
  /** Whether an attempt has failed so often that it may not arrive. */
  isFailing: boolean;
  isPerson: boolean;
  hasAcknowledged: boolean;
  at: number;
}

/** Decides what became of a page. @param acknowledgedAt when anyone acknowledged it: until then its person had to; null for not yet */
export function receiptState(page: SentPage, acknowledgedAt: number | null, now: number): Receipt["state"] {
  const { state, isFailing, isPerson, hasAcknowledged, at } = page;
  if (state === "dead" || (state === "pending" && isFailing)) return "failed";
  if (state === "cancelled" || state === "capped") return "not-sent";
  if (hasAcknowledged) return "acknowledged";
  if (state === "pending") return "queued";
  return isPerson && (acknowledgedAt ?? now) - at >= answerMs ? "no-answer" : "delivered";
}
