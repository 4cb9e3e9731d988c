import { formatNumber } from "#components/ui/format.ts";
import type { ShapleyResult } from "#server/serve/explain/contract.ts";
import classes from "./feature-bars.module.css";

const maxShown = 12;

interface FeatureBarsProps {
  why: ShapleyResult;
  prediction: number;
  what: string;
  /** End of the scale. */
  most: number;
}

/** Charts how much each feature adds to or subtracts from the output, the largest first, and how they add up. */
export function FeatureBars({ why, prediction, what, most }: FeatureBarsProps) {
  const { features, base, gap, isExact, background, pairs, seed } = why;
  const sorted = features.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const shown = sorted.slice(0, maxShown);
  const rest = sorted.slice(maxShown).reduce((sum, { value }) => sum + value, 0);
  return (
    <div className={classes.root}>
      <table className={classes.table} aria-label={`Contribution of each feature to ${what}`}>
        <thead className="lw-hidden">
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Bar</th>
            <th scope="col">Contribution</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, given, value, standardError }) => (
            <tr key={name}>
              <th scope="row" className={classes.name}>
                <span className="lw-truncate">{name}</span> <code className="lw-quiet">{show(given)}</code>
              </th>
              <td className={classes.track} aria-hidden="true">
                <Bar value={value} error={standardError} most={most} />
              </td>
              <td className={`${classes.number} lw-number`}>
                {signed(value)}
                {!isExact && <span className="lw-quiet"> ± {formatNumber(standardError)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className={`${classes.sum} lw-small`}>
        <dt>Mean prediction for {background.source}</dt>
        <dd className="lw-number">{formatNumber(base)}</dd>
        {sorted.length > maxShown && (
          <>
            <dt>{sorted.length - maxShown} other features</dt>
            <dd className="lw-number">{signed(rest)}</dd>
          </>
        )}
        <dt>Prediction</dt>
        <dd className="lw-number">{formatNumber(prediction)}</dd>
        <dt>Difference between sum and prediction</dt>
        <dd className="lw-number">
          {Math.abs(gap) < 1e-6 * Math.max(1, Math.abs(prediction)) ? "0, except for rounding" : signed(gap)}
        </dd>
      </dl>
      <p className="lw-small lw-quiet">
        {isExact
          ? "Exact Shapley values: every feature coalition was evaluated."
          : `Sampled Shapley values: ${pairs} permutation pairs, seed ${seed}; ± is the standard error. The remaining difference is due to sampling.`}
      </p>
    </div>
  );
}

/** Renders positive contributions to the right and negative ones to the left, with a line of two standard errors. */
function Bar({ value, error, most }: { value: number; error: number; most: number }) {
  const scale = most > 0 ? 48 / most : 0;
  const [from, to] = [50 + Math.min(0, value * scale), 50 + Math.max(0, value * scale)];
  const clamp = (position: number) => Math.min(100, Math.max(0, position));
  return (
    <svg className={classes.bar} width="100%" height="12" aria-hidden="true">
      <line className={classes.axis} x1="50%" x2="50%" y1="0" y2="12" />
      <rect
        className={classes.fill}
        data-negative={value < 0 || undefined}
        x={`${from}%`}
        width={`${to - from}%`}
        y="3"
        height="6"
      />
      {error > 0 && (
        <line
          className={classes.error}
          x1={`${clamp(50 + (value - 2 * error) * scale)}%`}
          x2={`${clamp(50 + (value + 2 * error) * scale)}%`}
          y1="6"
          y2="6"
        />
      )}
    </svg>
  );
}

function signed(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

function show(value: number | string | boolean): string {
  return typeof value === "number" ? formatNumber(value) : value === "" ? "(empty)" : String(value);
}
