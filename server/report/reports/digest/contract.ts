import { z } from "zod";

/** When the sentences of the week are sent, in the time zone of the workspace: on Monday of the week after it, unless another day is chosen. */
export const DigestSettings = z.object({
  /** 1 is Monday. */
  weekday: z.number().int().min(1).max(7).default(1),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Enter a time such as 07:30.")
    .default("07:30"),
});
export type DigestSettings = z.infer<typeof DigestSettings>;

export const SetDigest = z.object({ isOn: z.boolean(), settings: DigestSettings.optional() });
export type SetDigest = z.input<typeof SetDigest>;

export const Digest = z.object({
  isOn: z.boolean(),
  settings: DigestSettings,
  /** Of the workspace, in which the hour is meant. */
  timeZone: z.string(),
  /** Where it goes: the address of the account. */
  address: z.string(),
  /** First day of the week that was sent last; null before the first. */
  sentFor: z.iso.date().nullable(),
  /** When the next one is due; null while it is off. */
  nextAt: z.date().nullable(),
  /** Whether this installation can send mail at all. */
  hasMailServer: z.boolean(),
});
export type Digest = z.infer<typeof Digest>;
