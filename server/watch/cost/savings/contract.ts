import { z } from "zod";

const savingKinds = ["version", "batching", "cache", "replicas", "machine"] as const;
const SavingKind = z.enum(savingKinds);

/** A way to spend less, out of what was measured over the last four weeks. */
export const Saving = z.object({
  kind: SavingKind,
  /** Subject: the name of an endpoint or a machine. */
  subject: z.string(),
  /** Recommended change with its reason: "Promote version 3: 8% cheaper for each answer". */
  words: z.string(),
  /** Method of measurement, and what to check before the change. */
  basis: z.string(),
  /** Effect on objectives: the one it would break, or what to check first; null when it meets all of them. */
  objectives: z.object({ breaks: z.boolean(), words: z.string() }).nullable(),
  /** Share of what the subject costs. */
  share: z.number(),
  /** Money of a month of 30 days, in the currency of the prices. */
  perMonth: z.number(),
  href: z.string(),
});
export type Saving = z.infer<typeof Saving>;
