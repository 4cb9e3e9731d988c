import { type Plot, xOf, yOf } from "./geometry.ts";
import type { XAxisPlan } from "./x-axis.ts";

interface PlotAxesProps {
  plot: Plot;
  axis: XAxisPlan;
  /** Values of the left axis, each with its label. */
  ticks: readonly number[];
  labels: readonly string[];
}

/** Draws the lines of the grid, the bottom axis, and the labels of both axes. */
export function PlotAxes({ plot, axis, ticks, labels }: PlotAxesProps) {
  const { left, top, width, height } = plot;
  const [right, bottom] = [left + width, top + height];
  return (
    <g fill="var(--lw-text-muted)" fontSize={11} style={{ fontFeatureSettings: '"tnum"' }}>
      {ticks.map((value) => (
        <line x1={left} x2={right} y1={yOf(plot, value)} y2={yOf(plot, value)} stroke="var(--lw-grid)" key={value} />
      ))}
      <line x1={left} x2={right} y1={bottom} y2={bottom} stroke="var(--lw-line-strong)" />
      {ticks.map((value, index) => (
        <text x={left - gap} y={yOf(plot, value)} dy="0.355em" textAnchor="end" key={value}>
          {labels[index]}
        </text>
      ))}
      {axis.ticks.map((at) => (
        <text {...anchored(xOf(plot, at), left, right)} y={bottom + gap + 9} key={at}>
          {axis.label(at)}
        </text>
      ))}
    </g>
  );
}

/** Px between the plot and its labels. */
const gap = 6;
/** Half of a label's width, in px. */
const half = 18;

/** Returns the place of a label below the axis that never leaves the plot: at the ends it is aligned inwards. */
function anchored(x: number, left: number, right: number) {
  if (x - left < half) return { x: Math.min(x, left), textAnchor: "start" } as const;
  if (right - x < half) return { x: Math.max(x, right), textAnchor: "end" } as const;
  return { x, textAnchor: "middle" } as const;
}
