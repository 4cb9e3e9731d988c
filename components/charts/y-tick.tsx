interface YTickProps {
  x?: number | string;
  y?: number | string;
  index?: number;
  payload?: { value: number };
  tickFormatter?: ((value: number, index: number) => string) | undefined;
}

/** Draws a label of the left axis on one line. The default label of recharts is measured first, which causes a page layout per label. */
export function YTick({ x = 0, y = 0, index = 0, payload, tickFormatter }: YTickProps) {
  return (
    <text
      x={x}
      y={y}
      dy="0.355em"
      textAnchor="end"
      fill="var(--lw-text-muted)"
      fontSize={11}
      style={{ fontFeatureSettings: '"tnum"' }}
    >
      {payload && (tickFormatter?.(payload.value, index) ?? payload.value)}
    </text>
  );
}
