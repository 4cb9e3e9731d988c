import { z } from "zod";

/** Failures around an incident, from two hours before its start to two hours after its end. Times in ms since 1970. */
export const IncidentCurve = z.object({
  from: z.number(),
  to: z.number(),
  lines: z.array(
    z.object({
      name: z.string(),
      /** Share of bad events that the objective allows; null where nothing is promised. */
      allowed: z.number().nullable(),
      /** Share of bad events over five minutes; null without traffic. At most 720 points. */
      points: z.array(z.object({ at: z.number(), value: z.number().nullable() })),
    }),
  ),
});
export type IncidentCurve = z.infer<typeof IncidentCurve>;
