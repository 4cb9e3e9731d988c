/** One line of a metric's file. */
export interface MetricLine {
  timestamp: number;
  value: number;
  step: number;
  /** Fields after the step: for a logged model its run, then name and digest of a dataset. */
  rest: string[];
}

/** Reads "timestamp value step …"; clients before MLflow 1.0 wrote no step. Undefined for what is no point. */
export function readMetricLine(line: string): MetricLine | undefined {
  const [timestamp, value, step = "0", ...rest] = line.trim().split(" ");
  if (timestamp === undefined || value === undefined) return undefined;
  if (!/^\d+$/.test(timestamp) || !/^-?\d+$/.test(step)) return undefined;
  const number = readPythonFloat(value);
  return number === undefined ? undefined : { timestamp: Number(timestamp), value: number, step: Number(step), rest };
}

function readPythonFloat(text: string): number | undefined {
  const word = text.toLowerCase().replace(/^\+/, "");
  if (word === "nan") return Number.NaN;
  if (word === "inf" || word === "infinity") return Number.POSITIVE_INFINITY;
  if (word === "-inf" || word === "-infinity") return Number.NEGATIVE_INFINITY;
  return word !== "" && Number.isFinite(Number(word)) ? Number(word) : undefined;
}
