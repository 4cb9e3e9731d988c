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
  "update",
  "resolve",
  "cancel",
  "merge",
  "split",
] as const;
export type TriageAct = (typeof triageActs)[number];

/** Action with its likely effect. */
export const TriageAction = z.object({
  act: z.enum(triageActs),
  label: z.string(),
  key: z.string(),
  /** "Likely to help: …", cost and undo, in a line or two. */
  words: z.string(),
  isRecommended: z.boolean(),
  /** Reason why it is unavailable now; null where it is available. */
  off: z.string().nullable(),
  /** Whether the action asks for confirmation. */
  asks: z.boolean(),
  /** Contents of the confirmation dialog. */
  title: z.string(),
  consequences: z.array(z.object({ label: z.string(), value: z.string() })),
  confirmLabel: z.string(),
  /** Version that it leads to, of "roll-back" and "fall-back". */
  to: z.object({ model: z.string(), version: z.number().int() }).nullable(),
});
export type TriageAction = z.infer<typeof TriageAction>;
