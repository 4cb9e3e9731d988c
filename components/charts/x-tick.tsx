import type { XAxisPlan } from "./x-axis.ts";

interface XTickProps {
  x?: number | string;
  y?: number | string;
  payload?: { value: number };
  /** Ends of the plot. */
  left: number;
  right: number;
  plan: XAxisPlan;
}

/** Renders a label below the axis that never leaves the plot: at the ends it is aligned inwards. */
export function XTick({ x = 0, y = 0, payload, left, right, plan }: XTickProps) {
  const at = Number(x);
  const half = 18;
  const anchor = at - left < half ? "start" : right - at < half ? "end" : "middle";
  const position = anchor === "start" ? Math.min(at, left) : anchor === "end" ? Math.max(at, right) : at;
  return (
    <text
      x={anchor === "middle" ? at : position}
      y={Number(y) + 9}
      textAnchor={anchor}
      fill="var(--lw-text-muted)"
      fontSize={11}
      style={{ fontFeatureSettings: '"tnum"' }}
    >
      {payload && plan.label(payload.value)}
    </text>
  );
}
