import { Fragment } from "react";
import { columnDecimals, formatNumber, formatUnit } from "#components/ui/format.ts";
import type { LatencyParts } from "#server/serve/predictions/contract.ts";
import classes from "./parts-bar.module.css";

const names: [keyof LatencyParts, string, string][] = [
  ["beforeMs", "before", "parsing and preprocessing"],
  ["queueMs", "queue", "queue time"],
  ["inputMs", "input", "input assembly for the batch"],
  ["computeMs", "model", "model run for the batch"],
  ["outputMs", "output", "output splitting for the batch"],
  ["afterMs", "after", "response serialisation"],
];

/** Shows the parts of a logged request's latency; the rest is waiting time between threads. */
export function PartsBar({ parts, latencyMs }: { parts: LatencyParts; latencyMs: number }) {
  const sum = names.reduce((total, [key]) => total + parts[key], 0);
  const decimals = columnDecimals([latencyMs], 3);
  const most = Math.max(sum, latencyMs, 0.001);
  return (
    <div className={classes.root}>
      <div className={classes.bar} aria-hidden="true">
        {names.map(([key]) => (
          <span data-part={key} style={{ width: `${(parts[key] / most) * 100}%` }} key={key} />
        ))}
      </div>
      <dl className="lw-facts">
        {names.map(([key, name, meaning]) => (
          <Fragment key={key}>
            <dt title={meaning}>
              <span className={classes.swatch} data-part={key} aria-hidden="true" />
              {name}
            </dt>
            <dd className="lw-number">{formatUnit(parts[key], "ms", { decimals: Math.max(decimals, 1) })}</dd>
          </Fragment>
        ))}
      </dl>
      {latencyMs - sum > 0.5 && (
        <p className="lw-small lw-quiet">{`${formatNumber(latencyMs - sum)}\u00a0ms overhead between threads.`}</p>
      )}
    </div>
  );
}
