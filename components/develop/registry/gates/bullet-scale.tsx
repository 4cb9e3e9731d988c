import classes from "./bullet-scale.module.css";
import type { Bullet } from "./describe-gate.ts";

/** Renders a limit tick, the allowed side tinted, a dot for the value and a hairline for its interval. The numbers are shown beside it. */
export function BulletScale({ limit, value, interval, allowed }: Bullet) {
  const percent = (index: number) => `${(index * 100).toFixed(1)}%`;
  const tint = allowed === "right" ? { left: percent(limit), right: 0 } : { left: 0, right: percent(1 - limit) };
  return (
    <span className={classes.scale} aria-hidden="true">
      <span className={classes.track} />
      <span className={classes.allowed} style={tint} />
      {interval && (
        <span className={classes.interval} style={{ left: percent(interval.low), right: percent(1 - interval.high) }} />
      )}
      <span className={classes.value} style={{ left: percent(value) }} />
      <span className={classes.limit} style={{ left: percent(limit) }} />
    </span>
  );
}
