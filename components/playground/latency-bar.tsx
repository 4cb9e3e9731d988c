import { formatNumber, formatUnit } from "#components/ui/format.ts";
import classes from "./latency-bar.module.css";
import { type Timings, totalMs } from "./run.ts";

const parts = [
  { key: "queueMs", name: "queue" },
  { key: "prepareMs", name: "prepare" },
  { key: "modelMs", name: "model" },
  { key: "answerMs", name: "answer" },
] as const;

/** Where the time went: one bar of four parts, on a scale that both versions share. */
export function LatencyBar({ timings, mostMs }: { timings: Timings; mostMs: number }) {
  return (
    <div className={classes.root}>
      <div className={classes.head}>
        <h3 className={classes.title}>Latency</h3>
        <strong className="lw-number">{formatUnit(totalMs(timings), "ms")}</strong>
      </div>
      <div className={classes.bar} aria-hidden="true">
        {parts.map(({ key }) => (
          <span data-part={key} style={{ width: `${(timings[key] / Math.max(mostMs, 0.001)) * 100}%` }} key={key} />
        ))}
      </div>
      <ul className={classes.legend}>
        {parts.map(({ key, name }) => (
          <li key={key}>
            <span className={classes.swatch} data-part={key} aria-hidden="true" />
            {name} <strong className="lw-number">{formatNumber(timings[key])}</strong>
          </li>
        ))}
        <li className="lw-quiet">ms</li>
      </ul>
    </div>
  );
}
