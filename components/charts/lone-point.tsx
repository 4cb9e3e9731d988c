interface LonePointProps {
  cx?: number;
  cy?: number | undefined;
  stroke?: string;
  alone: boolean;
  /** Its value, where nothing else names it. */
  text?: string | undefined;
}

/** Renders a point between two gaps as a dot, because it has no line. */
export function LonePoint({ cx, cy, stroke, alone, text }: LonePointProps) {
  if (!alone || cx === undefined || cy === undefined) return null;
  return (
    <>
      <circle cx={cx} cy={cy} r={text === undefined ? 2.25 : 3.5} fill={stroke ?? "currentColor"} />
      {text !== undefined && (
        <text x={cx + 7} y={cy + 4} fill="var(--lw-text)" fontSize={11} fontWeight={600}>
          {text}
        </text>
      )}
    </>
  );
}
