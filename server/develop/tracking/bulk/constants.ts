/** Maximum number of runs per step; the next step continues after the last one. */
export const maxPerStep = 500;
