import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import classes from "./releases-panel.module.css";

interface BarsProps {
  buckets: ReportFacts["releases"]["buckets"];
  period: ReportFacts["period"];
}

const [width, left, above, below] = [280, 22, 76, 24];

/** Renders releases upwards and rollbacks downwards. Drawn on the server, so that it prints unchanged. */
export function ReleaseBars({ buckets, period }: BarsProps) {
  const most = Math.max(4, ...buckets.map(({ released }) => released));
  const maxRolledBack = Math.max(2, ...buckets.map(({ rolledBack }) => rolledBack));
  const step = (width - left) / buckets.length;
  const up = (count: number) => (count / most) * above;
  const down = (count: number) => (count / maxRolledBack) * (below - 8);
  const base = above + 12;
  const ticks = [0, Math.round(most / 2), most];
  const every = Math.ceil(buckets.length / 4);
  return (
    <svg
      className={classes.bars}
      viewBox={`0 0 ${width} ${base + below + 16}`}
      role="img"
      aria-label={describeBars(buckets, period)}
    >
      {ticks.map((tick) => (
        <g key={tick}>
          <line className={classes.grid} x1={left} x2={width} y1={base - up(tick)} y2={base - up(tick)} />
          <text x={left - 6} y={base - up(tick) + 4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {buckets.map(({ name, released, rolledBack }, index) => {
        const x = left + index * step + 2;
        const isNow = index === buckets.length - 1;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: periods are their places
          <g key={index}>
            <title>{`${name}: ${released} released, ${rolledBack} rolled back`}</title>
            <rect
              className={classes.released}
              data-now={isNow || undefined}
              x={x}
              y={base - up(released)}
              width={step - 5}
              height={up(released)}
            />
            {rolledBack > 0 && (
              <>
                <rect className={classes.back} x={x} y={base + 2} width={step - 5} height={down(rolledBack)} />
                <text
                  className={classes.count}
                  x={x + (step - 5) / 2}
                  y={base + down(rolledBack) + 11}
                  textAnchor="middle"
                >
                  {rolledBack}
                </text>
              </>
            )}
            {(index % every === 0 || isNow) && (
              <text x={x + (step - 5) / 2} y={base + below + 12} textAnchor="middle">
                {index === 0 && period === "week" ? `wk ${name}` : name}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function describeBars(buckets: BarsProps["buckets"], period: string): string {
  const sum = (of: "released" | "rolledBack") => buckets.reduce((total, bucket) => total + bucket[of], 0);
  const now = buckets.at(-1);
  return `Releases in the last ${buckets.length} ${period}s: ${sum("released")} released, ${sum("rolledBack")} rolled back; in this one ${now?.released ?? 0} and ${now?.rolledBack ?? 0}.`;
}
