import type { DriftedViewFeature } from "#server/watch/features/drift/contract.ts";
import classes from "./watch.module.css";

interface MiniDistributionProps {
  bars: DriftedViewFeature["bars"];
  /** Accessible description of the content. */
  label: string;
}

const width = 84;
const height = 22;

/** Renders the newest distribution as bars, and that of the reference as a dashed outline. */
export function MiniDistribution({ bars, label }: MiniDistributionProps) {
  const most = Math.max(1e-9, ...bars.flatMap(({ reference, current }) => [reference, current]));
  const step = width / Math.max(1, bars.length);
  const y = (share: number) => height - 1 - (share / most) * (height - 3);
  const outline = bars.map(({ reference }, place) => `H${place * step}V${y(reference)}H${(place + 1) * step}`).join("");
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      {bars.map(({ current, label: name }, place) => (
        <rect
          className={classes.bar}
          x={place * step}
          y={y(current)}
          width={Math.max(0.5, step - 1)}
          height={height - 1 - y(current)}
          key={name}
        />
      ))}
      <path className={classes.outline} d={`M0 ${height - 1}${outline}V${height - 1}`} />
    </svg>
  );
}
