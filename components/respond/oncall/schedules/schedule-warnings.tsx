import { StatusBadge } from "#components/ui/status-badge.tsx";
import classes from "./schedule-form.module.css";

/** Lists the coverage gaps of the next four weeks, or states that there are none. */
export function ScheduleWarnings({ warnings }: { warnings: readonly string[] }) {
  return (
    <ul className={classes.warnings} aria-live="polite">
      {warnings.length === 0 && (
        <li>
          <StatusBadge state="on-target">The next four weeks are fully covered</StatusBadge>
        </li>
      )}
      {warnings.map((warning) => (
        <li key={warning}>
          <StatusBadge state="watch">{warning}</StatusBadge>
        </li>
      ))}
    </ul>
  );
}
