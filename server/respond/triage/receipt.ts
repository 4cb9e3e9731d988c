import { z } from "zod";

/** What became of a page for a person or a receiver through one channel. */
export const Receipt = z.object({
  /** Name of the person or receiver. */
  to: z.string(),
  /** Kind of the channel: "email", "slack-bot". */
  by: z.string(),
  at: z.date(),
  state: z.enum(["queued", "delivered", "acknowledged", "failed", "not-sent"]),
  /** Why it failed or was not sent; empty otherwise. */
  reason: z.string(),
});
export type Receipt = z.infer<typeof Receipt>;
