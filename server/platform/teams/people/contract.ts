import { z } from "zod";
import { TimeZone } from "#server/base/time-zone.ts";

export const ContactMethod = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("email"), address: z.email().max(254).nullable().default(null) }),
  z.object({ kind: z.literal("slack"), channelId: z.uuid(), member: z.string().trim().min(1).max(80) }),
  z.object({ kind: z.literal("channel"), channelId: z.uuid() }),
]);
export type ContactMethod = z.infer<typeof ContactMethod>;

/** Contact methods of a person, all used at the same time. Without any, email to the address of the account. */
export const ContactMethods = z.object({
  methods: z.array(ContactMethod).max(10),
  /** In which pages at night are counted as such. */
  timeZone: TimeZone,
});
export type ContactMethods = z.infer<typeof ContactMethods>;
export type SetContactMethods = z.input<typeof ContactMethods>;

/** A person as on-call pages and alerts name them. */
export const OnCallPerson = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  /** End of the shift; null where no one else follows. */
  until: z.date().nullable(),
});
export type OnCallPerson = z.infer<typeof OnCallPerson>;
