import { type Plot, xOf, yOf } from "./geometry.ts";

interface LonePointProps {
  plot: Plot;
  at: number;
  value: number;
  colour: string;
  /** Its value, where nothing else names it. */
  text?: string | undefined;
}

/** Renders a point between two gaps as a dot, because it has no line; nothing outside the plot. */
export function LonePoint({ plot, at, value, colour, text }: LonePointProps) {
  const [[from, to], [low, high]] = [plot.domain, plot.values];
  if (at < from || at > to || value < low || value > high) return null;
  const [x, y] = [xOf(plot, at), yOf(plot, value)];
  // At the right edge the text would leave the picture.
  const isLeft = x + 7 + (text?.length ?? 0) * 6.6 > plot.left + plot.width;
  return (
    <>
      <circle cx={x} cy={y} r={text === undefined ? 2.25 : 3.5} fill={colour} />
      {text !== undefined && (
        <text
          x={isLeft ? x - 7 : x + 7}
          y={y + 4}
          textAnchor={isLeft ? "end" : "start"}
          fill="var(--lw-text)"
          fontSize={11}
          fontWeight={600}
        >
          {text}
        </text>
      )}
    </>
  );
}
