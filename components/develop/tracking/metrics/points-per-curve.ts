/** Points of a curve that are asked for, whatever the run's length: about two per pixel of a chart of half the page. */
export const pointsPerCurve = 1_000;
