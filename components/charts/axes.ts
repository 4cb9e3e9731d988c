import type { Range } from "./prepare.ts";
import type { XAxisPlan } from "./x-axis.ts";

/** Looks shared by all axes. */
export const axisProps = {
  tick: { fill: "var(--lw-text-muted)", fontSize: 11, style: { fontFeatureSettings: '"tnum"' } },
  tickLine: false,
  tickSize: 0,
  tickMargin: 6,
  interval: 0,
  // Leeway supplies its own ticks; recharts would still compute others, in decimal arithmetic.
  niceTicks: "none",
} as const;

export const gridProps = {
  vertical: false,
  // Otherwise recharts would compute the positions of lines that are not drawn.
  verticalCoordinatesGenerator: (): number[] => [],
  stroke: "var(--lw-grid)",
} as const;

/** Returns the properties of the bottom axis for a plan over a range. */
export function xAxisProps(plan: XAxisPlan, range: Range) {
  return {
    type: "number",
    dataKey: "at",
    domain: [range.from, range.to] as [number, number],
    ticks: plan.ticks,
    tickFormatter: plan.label,
    axisLine: { stroke: "var(--lw-line-strong)" },
    height: 22,
    allowDataOverflow: true,
  } as const;
}

/** Returns the properties of the left axis with its labels. */
export function yAxisProps(ticks: readonly number[], labels: readonly string[], width: number, log = false) {
  return {
    type: "number",
    ticks: [...ticks],
    domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1] as [number, number],
    tickFormatter: (value: number) => labels[ticks.indexOf(value)] ?? String(value),
    axisLine: false,
    width,
    // A zoom keeps the axis, so lines may extend beyond it.
    allowDataOverflow: true,
    ...(log && { scale: "log" as const }),
  } as const;
}
