interface LonePointProps {
  cx?: number;
  cy?: number | undefined;
  stroke?: string;
  alone: boolean;
}

/** Renders a point between two gaps as a dot, because it has no line. */
export function LonePoint({ cx, cy, stroke, alone }: LonePointProps) {
  return alone && cy !== undefined ? <circle cx={cx} cy={cy} r={1.75} fill={stroke ?? "currentColor"} /> : null;
}
