import classes from "./work-progress.module.css";

interface WorkProgressProps {
  /** "Progress of the training set" */
  label: string;
  done: number;
  /** Null while it is unknown. */
  total: number | null;
}

/** Renders the share of rows that work has done; an empty bar while the total is unknown. */
export function WorkProgress({ label, done, total }: WorkProgressProps) {
  const share = total === null || total === 0 ? undefined : Math.min(1, done / total);
  const percent = share === undefined ? undefined : Math.floor(share * 100);
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ width: `${percent ?? 0}%` }} />
    </div>
  );
}
