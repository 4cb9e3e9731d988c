/** Maximum number of runs in the charts of an experiment: more lines cannot be told apart, and a filter narrows them down. */
export const maxChartedRuns = 60;

/** Maximum number of metrics of one request for curves. */
export const maxCurveKeys = 12;
