interface LonePointProps {
  cx?: number;
  cy?: number | undefined;
  stroke?: string;
  alone: boolean;
}

/** A point between two gaps has no line, so it is drawn as a dot. */
export function LonePoint({ cx, cy, stroke, alone }: LonePointProps) {
  return alone && cy !== undefined ? <circle cx={cx} cy={cy} r={1.75} fill={stroke ?? "currentColor"} /> : null;
}
