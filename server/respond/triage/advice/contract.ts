import { z } from "zod";

const triageActs = [
  "roll-back",
  "fall-back",
  "acknowledge",
  "silence",
  "freeze",
  "lift-freeze",
  "retrain",
  "page",
  "note",
  "resolve",
] as const;
export type TriageAct = (typeof triageActs)[number];

/** Something that can be done, with what it will probably do. */
export const TriageAction = z.object({
  act: z.enum(triageActs),
  label: z.string(),
  key: z.string(),
  /** "Likely to help: …", cost and undo, in a line or two. */
  words: z.string(),
  isRecommended: z.boolean(),
  /** Why it cannot be done now; null where it can. */
  off: z.string().nullable(),
  /** Asks first. */
  asks: z.boolean(),
  /** What a dialog shows before it happens. */
  title: z.string(),
  consequences: z.array(z.object({ label: z.string(), value: z.string() })),
  confirmLabel: z.string(),
  /** Version that it leads to, of "roll-back" and "fall-back". */
  to: z.object({ model: z.string(), version: z.number().int() }).nullable(),
});
export type TriageAction = z.infer<typeof TriageAction>;
