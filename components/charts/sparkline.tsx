import { lastPoint, type Point, thin } from "./prepare.ts";
import classes from "./sparkline.module.css";

interface SparklineProps {
  points: readonly Point[];
  width?: number;
  height?: number;
  /** A dotted line. */
  objective?: number;
}

const inset = 3;

/** Renders the shape of a series beside its number, never instead of it: 1.5 px, a dot on the last value, gaps remain gaps. */
export function Sparkline({ points, width = 60, height = 22, objective }: SparklineProps) {
  const shown = thin(points, width * 2).filter(({ value }) => value === null || Number.isFinite(value));
  const values = shown.flatMap(({ value }) => (value === null ? [] : [value]));
  const last = lastPoint(shown);
  if (!last || values.length < 2) return <svg width={width} height={height} aria-hidden="true" />;
  const all = objective === undefined ? values : [...values, objective];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const from = shown[0]?.at ?? 0;
  const to = shown.at(-1)?.at ?? 1;
  const x = (at: number) => inset + ((at - from) / (to - from || 1)) * (width - 2 * inset);
  const y = (value: number) => height - inset - ((value - low) / (high - low || 1)) * (height - 2 * inset);
  let open = false;
  const path = shown.map(({ at, value }) => {
    if (value === null) {
      open = false;
      return "";
    }
    const command = open ? "L" : "M";
    open = true;
    return `${command}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return (
    <svg className={classes.sparkline} width={width} height={height} aria-hidden="true">
      {objective !== undefined && <path className={classes.objective} d={`M0 ${y(objective)}H${width}`} />}
      <path className={classes.line} d={path.join("")} />
      <circle className={classes.dot} cx={x(last.at)} cy={y(last.value ?? 0)} r="2" />
    </svg>
  );
}
