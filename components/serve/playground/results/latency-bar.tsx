import { formatNumber, formatUnit } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { type Timings, totalMs } from "../run.ts";
import classes from "./latency-bar.module.css";

const parts = [
  { key: "queueMs", name: "queue" },
  { key: "preprocessMs", name: "prepare" },
  { key: "runMs", name: "model" },
  { key: "postprocessMs", name: "answer" },
] as const;

interface LatencyBarProps {
  timings: Timings;
  maxMs: number;
  /** Time to load the model for this request; null if it was already loaded. */
  loadMs: number | null;
}

/** Shows the parts of the latency: one bar of four parts, on a scale that both versions share. */
export function LatencyBar({ timings, maxMs, loadMs }: LatencyBarProps) {
  return (
    <div className={classes.root}>
      <div className={classes.head}>
        <h3 className={classes.title}>Latency</h3>
        <strong className="lw-number">{formatUnit(totalMs(timings), "ms")}</strong>
      </div>
      <div className={classes.bar} aria-hidden="true">
        {parts.map(({ key }) => (
          <span
            className={classes.part}
            data-part={key}
            style={{ width: `${(timings[key] / Math.max(maxMs, 0.001)) * 100}%` }}
            key={key}
          />
        ))}
      </div>
      <ul className={classes.legend}>
        {parts.map(({ key, name }) => (
          <li key={key}>
            <span className={`${classes.part} ${classes.swatch}`} data-part={key} aria-hidden="true" />
            {name} <strong className="lw-number">{formatNumber(timings[key])}</strong>
          </li>
        ))}
        <li className="lw-quiet">ms</li>
      </ul>
      {loadMs !== null && (
        <p className="lw-small lw-quiet">Loaded for this request in {formatDuration(loadMs)} (not included).</p>
      )}
    </div>
  );
}
