/** Ratios of the new version's rate to the previous version's that are estimated. */
export const effectRatios = [2, 4, 10] as const;
