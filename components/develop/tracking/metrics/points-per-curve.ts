/** Number of points requested per curve, independent of the run's length: about two per pixel of a chart of half the page width. */
export const pointsPerCurve = 1_000;
