import { formatDuration } from "#components/ui/format-time.ts";
import classes from "./incidents.module.css";
import { barParts, type ResponseTimes } from "./response-scale.ts";

/** Draws a response as one bar: until detected, acknowledged and resolved. */
export function ResponseBar({ times, end }: { times: ResponseTimes; end: number }) {
  const { detect, acknowledge, resolve, isCut } = barParts(times, end);
  const { detected, acknowledged, lasted, isOpen } = times;
  const words = [
    `detected after ${formatDuration(detected)}`,
    acknowledged === null ? "not acknowledged" : `acknowledged after ${formatDuration(acknowledged)}`,
    isOpen ? "ongoing" : `over after ${formatDuration(lasted)}`,
  ].join(", ");
  return (
    <span className={classes.response} title={words}>
      <span className={classes.bar} data-open={isOpen || undefined} data-cut={isCut || undefined} aria-hidden="true">
        <span data-part="detect" style={{ width: `${detect * 100}%` }} />
        <span data-part="acknowledge" style={{ width: `${acknowledge * 100}%` }} />
        <span data-part="resolve" style={{ width: `${resolve * 100}%` }} />
      </span>
      <span aria-hidden="true">{isOpen ? "ongoing" : formatDuration(lasted)}</span>
      <span className="lw-hidden">{words}</span>
    </span>
  );
}

/** Explains the parts of the bars, and their scale. */
export function ResponseLegend({ end }: { end: number }) {
  return (
    <p className={classes.legend}>
      <span data-part="detect">until detected</span>
      <span data-part="acknowledge">until acknowledged</span>
      <span data-part="resolve">until resolved</span>
      <span>scale 0 to {formatDuration(end)}</span>
    </p>
  );
}
