/** Points of a curve that a chart of half the page can show. */
export const pointsPerCurve = 800;
