import { type AxisName, formatAxisValue } from "./parallel.ts";
import classes from "./scatter.module.css";
import type { ScatterPoint, Tint } from "./scatter.ts";
import type { PlacedName } from "./scatter-names.ts";
import { styleOfIndex } from "./series-style.ts";
import type { ValueAxis } from "./value-axis.ts";

/** Returns the fill colour: shades of one hue from low to high, which remain distinguishable without colour. */
function fillOf(tint: Tint | undefined): string {
  if (!tint) return "var(--lw-series-6)";
  if ("word" in tint) return styleOfIndex(tint.word).colour;
  return `color-mix(in oklab, var(--lw-series-1) ${Math.round(12 + tint.share * 88)}%, var(--lw-surface))`;
}

/** Shapes that distinguish categories in addition to colour: circle, square, triangle, diamond, cross, ring. */
const shapes: readonly ((cx: number, cy: number, r: number) => string)[] = [
  (cx, cy, r) => `M${cx - r} ${cy}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (cx, cy, r) => `M${cx - r * 0.9} ${cy - r * 0.9}h${1.8 * r}v${1.8 * r}h${-1.8 * r}Z`,
  (cx, cy, r) => `M${cx} ${cy - 1.2 * r}L${cx + 1.1 * r} ${cy + r * 0.8}H${cx - 1.1 * r}Z`,
  (cx, cy, r) => `M${cx} ${cy - 1.3 * r}L${cx + 1.3 * r} ${cy}L${cx} ${cy + 1.3 * r}L${cx - 1.3 * r} ${cy}Z`,
  (cx, cy, r) =>
    `M${cx - r / 3} ${cy - r}h${r / 1.5}v${r / 1.5}h${r / 1.5}v${r / 1.5}h${-r / 1.5}v${r / 1.5}h${-r / 1.5}v${-r / 1.5}h${-r / 1.5}v${-r / 1.5}h${r / 1.5}Z`,
  (cx, cy, r) => `M${cx} ${cy + 1.2 * r}L${cx + 1.1 * r} ${cy - r * 0.8}H${cx - 1.1 * r}Z`,
];

const diamond = 3;

function shapeOf(tint: Tint | undefined, isOther: boolean, [cx, cy]: readonly [number, number], r: number): string {
  if (isOther) return shapes[diamond]?.(cx, cy, r) ?? "";
  const draw = shapes[tint && "word" in tint ? tint.word : 0] ?? shapes[0];
  return draw?.(cx, cy, r) ?? "";
}

interface ScatterMarkProps {
  cx: number;
  cy: number;
  point: ScatterPoint;
  /** Position of the point's name; undefined if there is no room for it. */
  name: PlacedName | undefined;
}

/** Renders one point; a compared one has its name and a ring in the colour of its line. */
export function ScatterMark({ cx, cy, point, name }: ScatterMarkProps) {
  const { row, tint } = point;
  const style = row.style ?? (row.index === undefined ? undefined : styleOfIndex(row.index));
  const isNamed = row.index !== undefined;
  return (
    <g className={classes.mark}>
      <path
        d={shapeOf(tint, row.isOther === true, [cx, cy], isNamed ? 6 : 4.5)}
        fill={tint || !style ? fillOf(tint) : style.colour}
        fillOpacity={style ? 1 : 0.75}
        stroke={isNamed ? "var(--lw-text)" : "var(--lw-control-edge)"}
        strokeWidth={isNamed ? 1.75 : 0.75}
        strokeDasharray={row.isOther ? "2 1.5" : undefined}
      />
      {style && name && (
        <text className={classes.name} x={cx + name.dx} y={cy + name.dy + 4} textAnchor={name.anchor}>
          {row.label}
        </text>
      )}
    </g>
  );
}

/** Shows the values of a point. */
export function ScatterTooltip({ point: { row }, axes }: { point: ScatterPoint; axes: readonly AxisName[] }) {
  return (
    <div className={classes.card} role="status">
      <strong>{row.label}</strong> <code className="lw-quiet">{row.id.slice(0, 6)}</code>
      {axes.map(({ key, label }) => (
        <div className={classes.line} key={key}>
          <span>{label}</span>
          <span className="lw-number">{formatAxisValue(row.values[key])}</span>
        </div>
      ))}
    </div>
  );
}

/** Shows the colour legend: a shape per category, or shades from the lowest to the highest number. */
export function TintKey({ name, axis }: { name: string; axis: ValueAxis }) {
  const isText = axis.scale === "category" && axis.categories.length <= shapes.length;
  return (
    <div className={`${classes.key} lw-caption`}>
      <span className="lw-muted">{name}</span>
      {isText ? (
        axis.categories.toReversed().map((word, index) => (
          <span className={classes.entry} key={word}>
            <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
              <path d={shapeOf({ word: index }, false, [6, 6], 4)} fill={fillOf({ word: index })} />
            </svg>
            {word}
          </span>
        ))
      ) : (
        <span className={classes.entry}>
          {axis.ticks[0]?.label}
          <svg width="90" height="10" viewBox="0 0 90 10" aria-hidden="true">
            {[0, 0.2, 0.4, 0.6, 0.8, 1].map((share, index) => (
              <rect x={index * 15} width="15" height="10" fill={fillOf({ share })} key={share} />
            ))}
          </svg>
          {axis.ticks.at(-1)?.label}
        </span>
      )}
    </div>
  );
}
