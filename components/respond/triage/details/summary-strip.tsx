import { formatPercent, formatUnit } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";
import strip from "./summary-strip.module.css";

/** Renders the endpoint's key figures: the last ten minutes beside the hour before the rise. */
export function GlanceStrip({ numbers, endpoint }: Pick<Chosen, "numbers" | "endpoint">) {
  const glance = numbers?.glance;
  if (!glance || !endpoint) return null;
  const { now, before } = glance;
  const cells: [string, string, string][] = [
    ["Availability", formatPercent(now.availability), formatPercent(before.availability)],
    ["Errors", formatPercent(now.errorShare), formatPercent(before.errorShare)],
    ["p50", formatDuration(now.p50), formatDuration(before.p50)],
    ["p95", formatDuration(now.p95), formatDuration(before.p95)],
    ["p99", formatDuration(now.p99), formatDuration(before.p99)],
    ["Requests", formatUnit(now.requestsPerSecond, "/s"), formatUnit(before.requestsPerSecond, "/s")],
  ];
  return (
    <section aria-label="Endpoint overview">
      <h2 className={classes.heading}>
        {endpoint.name}
        <span>
          last 10 min compared with the hour before the rise{endpoint.serves ? `; serving ${endpoint.serves}` : ""}
        </span>
      </h2>
      <dl className={strip.glance}>
        {cells.map(([name, value, was]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <b className="lw-number">{value}</b>
              <span className="lw-quiet lw-number">was {was}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
