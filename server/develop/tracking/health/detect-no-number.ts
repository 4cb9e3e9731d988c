import type { CurvePoint } from "../metrics/contract.ts";
import { type Course, type Detected, isInfinite, stepWord } from "./detected.ts";

/**
 * Detects NaN or infinity: metrics whose newest value is not a number, reported for the first affected one. No finding when the value is
 * a number again.
 */
export function detectNoNumber(courses: readonly Course[]): Detected[] {
  return (["nan", "infinite"] as const).flatMap((kind) => {
    const has = kind === "nan" ? isNan : isInfinity;
    const starts = courses.flatMap(({ key, points }) => {
      const start = startOfEnd(points, has);
      return start ? [{ key, start }] : [];
    });
    const [first] = starts.toSorted((a, b) => a.start.timestamp - b.start.timestamp || a.start.step - b.start.step);
    if (!first) return [];
    const { key, start } = first;
    const others = starts.length - 1;
    const more = others === 0 ? "" : `, as ${others === 1 ? "has another metric" : `have ${others} other metrics`}`;
    return [
      {
        kind,
        metric: key,
        step: start.step,
        value: start.value,
        since: start.timestamp,
        words: `${key} has been ${kind === "nan" ? "NaN" : "infinite"} since ${stepWord(start.step)}${more}.`,
      },
    ];
  });
}

const isNan = ({ value }: CurvePoint) => value === null;
const isInfinity = ({ value }: CurvePoint) => value !== null && isInfinite(value);

/** Returns the first point of the trailing ones that all satisfy the test. */
function startOfEnd(points: readonly CurvePoint[], test: (point: CurvePoint) => boolean): CurvePoint | undefined {
  return points[points.findLastIndex((point) => !test(point)) + 1];
}
