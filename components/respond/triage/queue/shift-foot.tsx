import { formatPercent, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import type { Shift } from "../board-types.ts";
import classes from "./queue.module.css";

/** Shows the statistics of the current shift below the queue, or that no one is on call. */
export function ShiftFoot({ shift }: { shift: Shift }) {
  if (!shift) {
    return (
      <p className={classes.shift}>
        <Link href="/on-call/schedules">No one is on call: create a schedule</Link>
      </p>
    );
  }
  const { pages, nightPages, precision, merged } = shift.report;
  return (
    <p className={classes.shift}>
      <span>Current shift</span>
      <b>{plural(pages, "page")}</b>
      <span>{nightPages} at night</span>
      <span title="Share of alerts with feedback that were marked actionable">
        precision {precision === null ? "–" : formatPercent(precision)}
      </span>
      <span title="Repeated alerts that were merged without notifying again">{merged} merged</span>
      <Link href="/on-call/handover">Handover</Link>
    </p>
  );
}
