import { z } from "zod";

/** Time of the weekly email, in the time zone of the workspace: on Monday of the following week, unless another day is selected. */
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
  /** Time zone of the workspace, to which the hour refers. */
  timeZone: z.string(),
  /** Recipient: the address of the account. */
  address: z.string(),
  /** First day of the week that was sent last; null before the first. */
  sentFor: z.iso.date().nullable(),
  /** Time of the next email; null while disabled. */
  nextAt: z.date().nullable(),
  /** Whether this installation can send email. */
  hasMailServer: z.boolean(),
});
export type Digest = z.infer<typeof Digest>;
