import type { ReportTrend } from "#server/report/reports/contract.ts";
import { trendPieces, trendRange } from "./trend-path.ts";
import classes from "./trends-panel.module.css";

const [width, height, left, bottom] = [240, 124, 40, 18];

/** Renders twelve periods of one model with its objective. Drawn on the server, so that it prints unchanged. */
export function TrendChart({ trend, period }: { trend: ReportTrend; period: string }) {
  const { points, objective, dueFrom } = trend;
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const { low, high } = trendRange(objective ? [...known, objective.value] : known);
  const x = (at: number) => left + ((at + 0.5) / points.length) * (width - left);
  const y = (value: number) => 6 + (1 - (value - low) / (high - low)) * (height - bottom - 10);
  const pieces = trendPieces(points);
  const last = points.findLastIndex(({ value }) => value !== null);
  const dueX = dueFrom === null ? width : x(dueFrom - 0.5);
  return (
    <svg
      className={classes.plot}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={describeTrend(trend, period)}
    >
      {dueFrom !== null && (
        <>
          <rect className={classes.due} x={dueX} y={0} width={width - dueX} height={height - bottom} />
          <text x={width - 4} y={height - bottom - 5} textAnchor="end">
            labels due
          </text>
        </>
      )}
      {[low, (low + high) / 2, high].map((tick) => (
        <g key={tick}>
          <line className={classes.grid} x1={left} x2={width} y1={y(tick)} y2={y(tick)} />
          <text x={left - 5} y={y(tick) + 3} textAnchor="end">
            {tickText(tick, high - low)}
          </text>
        </g>
      ))}
      {objective && (
        <line className={classes.objective} x1={left} x2={width} y1={y(objective.value)} y2={y(objective.value)} />
      )}
      {pieces.map(({ from, values, isEstimated }) => (
        <polyline
          className={classes.line}
          data-estimated={isEstimated || undefined}
          points={values.map((value, at) => `${x(from + at)},${y(value)}`).join(" ")}
          key={`${from} ${isEstimated}`}
        />
      ))}
      {pieces
        .filter(({ values }, at) => values.length === 1 && at < pieces.length - 1)
        .map(({ from, values }) => (
          <circle className={classes.dot} cx={x(from)} cy={y(values[0] ?? 0)} r={1.5} key={from} />
        ))}
      {last >= 0 && (
        <circle
          className={classes.dot}
          data-estimated={points[last]?.isEstimated || undefined}
          cx={x(last)}
          cy={y(points[last]?.value ?? 0)}
          r={3}
        />
      )}
      {points.map(({ name }, at) =>
        at % 4 === 0 || at === points.length - 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: periods are their places
          <text x={x(at)} y={height - 4} textAnchor="middle" key={at}>
            {at === 0 && period === "week" ? `wk ${name}` : name}
          </text>
        ) : null,
      )}
      {objective && (
        <text x={left + 3} y={y(objective.value) + 11}>
          {`objective ${objective.text}`}
        </text>
      )}
    </svg>
  );
}

function tickText(value: number, span: number): string {
  return `${Number((value * 100).toFixed(span < 0.04 ? 1 : 0))}%`;
}

function describeTrend({ model, measure, now, objective, dueFrom, points }: ReportTrend, period: string): string {
  const gaps = points.filter(({ value }) => value === null).length;
  return [
    `${model}, ${measure}: ${now.value === null ? (now.reason ?? now.text) : now.text} in the last ${period}`,
    objective && `objective ${objective.text}`,
    gaps > 0 && `no data for ${gaps} of ${points.length} ${period}s`,
    dueFrom !== null && "labels for the end of the period are still pending",
  ]
    .filter(Boolean)
    .join("; ");
}
