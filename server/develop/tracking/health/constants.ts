/** Kinds of findings about a run, worst first. */
export const findingKinds = ["nan", "infinite", "exploding", "diverging", "stalled", "silent", "plateau"] as const;
export type FindingKind = (typeof findingKinds)[number];
