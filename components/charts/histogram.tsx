import classes from "./histogram.module.css";

interface HistogramProps {
  /** From left to right. */
  counts: readonly number[];
  /** Accessible description of the content. */
  label: string;
  width?: number;
  height?: number;
}

/** Renders the shape of a distribution beside its numbers, never instead of them: bars from zero, a gap for an empty bin. */
export function Histogram({ counts, label, width = 96, height = 24 }: HistogramProps) {
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  const gap = counts.length > 24 ? 0.5 : 1;
  return (
    <svg className={classes.histogram} width={width} height={height} role="img" aria-label={label}>
      <path className={classes.axis} d={`M0 ${height - 0.5}H${width}`} />
      {counts.map((count, index) => {
        // A count above zero is always at least 1 px tall.
        const tall = count === 0 ? 0 : Math.max(1, (count / most) * (height - 2));
        return (
          <rect
            className={classes.bar}
            x={index * step}
            y={height - 1 - tall}
            width={Math.max(0.5, step - gap)}
            height={tall}
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity of a bin
            key={index}
          />
        );
      })}
    </svg>
  );
}
