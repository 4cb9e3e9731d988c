import { z } from "zod";
import { Matcher } from "../matchers/contract.ts";

export const silenceStates = ["active", "pending", "expired"] as const;

/** alerting.md section 7. With an id it changes the one that there is, in place or by a new one. */
export const SetSilence = z.object({
  id: z.uuid().optional(),
  matchers: z.array(Matcher).min(1, "Name at least one label that it goes by."),
  startsAt: z.date(),
  endsAt: z.date(),
  /** Who; absent is the caller. */
  createdBy: z.string().optional(),
  comment: z.string().trim().min(1, "Say why.").max(2000),
  annotations: z.record(z.string(), z.string()).default({}),
  /** Confirms one that would mute more than half of what fires: the number that it mutes. */
  confirm: z.number().int().optional(),
});
export type SetSilence = z.input<typeof SetSilence>;

export const Silence = z.object({
  id: z.uuid(),
  matchers: z.array(Matcher),
  startsAt: z.date(),
  endsAt: z.date(),
  updatedAt: z.date(),
  createdBy: z.string(),
  comment: z.string(),
  annotations: z.record(z.string(), z.string()),
  state: z.enum(silenceStates),
  recurrenceId: z.uuid().nullable(),
  /** Alerts that fire now and are muted by it. */
  muting: z.number().int(),
});
export type Silence = z.infer<typeof Silence>;
