import { z } from "zod";

/** After so long without acknowledgement, these are told. `second` is whoever is next in the schedule. */
export const EscalationStep = z.object({
  waitMinutes: z.number().int().min(0).max(1440),
  notify: z
    .array(
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("person"), userId: z.uuid() }),
        z.object({
          kind: z.literal("schedule"),
          scheduleId: z.uuid(),
          who: z.enum(["on-call", "second"]).default("on-call"),
        }),
        z.object({ kind: z.literal("team"), teamId: z.uuid(), who: z.enum(["all", "leads", "round-robin"]) }),
        z.object({ kind: z.literal("receiver"), receiverId: z.uuid() }),
      ]),
    )
    .min(1),
  /** After the last step it begins again, so often. */
  repeats: z.number().int().min(0).max(10).default(0),
});
export type EscalationStep = z.infer<typeof EscalationStep>;
