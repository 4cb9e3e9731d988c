import { z } from "zod";

export const DecideBudget = z.object({
  number: z.number().int().positive(),
  decision: z.enum(["counted", "excluded"]),
});
export type DecideBudget = z.input<typeof DecideBudget>;
