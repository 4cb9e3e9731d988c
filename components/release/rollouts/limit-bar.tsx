import type { GuardrailFact } from "#server/serve/rollout/evidence/contract.ts";
import classes from "./limit-bar.module.css";

interface LimitBarProps {
  fact: GuardrailFact;
  /** Whether values below the limit are worse, as for business events. */
  isLower: boolean;
  /** Text that screen readers announce instead of the picture. */
  summary: string;
}

const width = 160;
const height = 20;
const middle = height / 2;
/** Ratios beyond these are drawn at the ends. */
const farthestRatio = 32;

/** Renders a difference with its interval against the limit, and the allowed side of it. Ratios are drawn on a log scale. */
export function LimitBar({ fact, isLower, summary }: LimitBarProps) {
  const { estimate, limit, low, high, scale } = fact;
  if (estimate === null || limit === null) return null;
  const isRatio = scale === "ratio";
  const cut = (value: number) =>
    isRatio ? Math.log(Math.min(farthestRatio, Math.max(1 / farthestRatio, value))) : value;
  const shown = [estimate, limit, low, high].filter((value) => value !== null).map(cut);
  const from = isRatio ? Math.min(-Math.log(4), ...shown) : 0;
  const to = Math.max(isRatio ? Math.log(4) : cut(limit) * 2, ...shown) * (isRatio ? 1 : 1.05);
  const x = (value: number) => 2 + ((cut(value) - from) / (to - from || 1)) * (width - 4);
  const [left, right] = [low === null ? 0 : x(low), high === null ? width : x(high)];
  return (
    <svg className={classes.bar} width={width} height={height} role="img" aria-label={summary}>
      <rect className={classes.all} x={0} y={3} width={width} height={height - 6} rx={2} />
      <rect
        className={classes.allowed}
        x={isLower ? x(limit) : 0}
        y={3}
        width={isLower ? width - x(limit) : x(limit)}
        height={height - 6}
        rx={2}
      />
      {isRatio && <path className={classes.none} d={`M${x(1)} 1V${height - 1}`} />}
      <path className={classes.interval} data-verdict={fact.verdict} d={`M${left} ${middle}H${right}`} />
      <circle className={classes.point} data-verdict={fact.verdict} cx={x(estimate)} cy={middle} r={3.5} />
      <path className={classes.limit} d={`M${x(limit)} 1V${height - 1}`} />
    </svg>
  );
}
