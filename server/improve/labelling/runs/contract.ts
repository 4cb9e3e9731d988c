import { z } from "zod";

const Interval = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });

/** Results of a label run over all answers of a project that count. */
export const LabelRunResults = z.object({
  tasks: z.number().int(),
  answers: z.number().int(),
  people: z.number().int(),
  /** Krippendorff's alpha; null values where it is undefined. */
  alpha: Interval,
  /** Gwet's AC1, for classes. */
  ac1: Interval.nullable(),
});
export type LabelRunResults = z.infer<typeof LabelRunResults>;
