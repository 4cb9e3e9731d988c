import { z } from "zod";

export const ContactMethod = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("email"), address: z.email().nullable().default(null) }),
  z.object({ kind: z.literal("slack"), channelId: z.uuid(), member: z.string() }),
  z.object({ kind: z.literal("channel"), channelId: z.uuid() }),
]);
export type ContactMethod = z.infer<typeof ContactMethod>;

/** A person as on-call pages and alerts name them. */
export const OnCallPerson = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  until: z.date().nullable(),
});
export type OnCallPerson = z.infer<typeof OnCallPerson>;
