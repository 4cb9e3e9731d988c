import { z } from "zod";

const savingKinds = ["version", "batching", "cache", "replicas", "machine"] as const;
const SavingKind = z.enum(savingKinds);

/** A way to spend less, out of what was measured over the last four weeks. */
export const Saving = z.object({
  kind: SavingKind,
  /** What it is about: an endpoint's name, or a machine's. */
  subject: z.string(),
  /** What to do, and what it rests on: "Promote version 3: 8% cheaper for each answer". */
  words: z.string(),
  /** How it was measured, and what is to be looked at before. */
  basis: z.string(),
  /** What it would do to objectives: which it would break, or what is to be looked at first; null where it keeps every one. */
  objectives: z.object({ breaks: z.boolean(), words: z.string() }).nullable(),
  /** Share of what the subject costs. */
  share: z.number(),
  /** Money of a month of 30 days, in the currency of the prices. */
  perMonth: z.number(),
  href: z.string(),
});
export type Saving = z.infer<typeof Saving>;
