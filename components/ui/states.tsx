import { IconAlertSquare, IconInbox } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./states.module.css";
import { StatusShape } from "./status-shape.tsx";

/** Shows what is missing, why that may be fine (children), and the next step (action). No illustrations. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.block}>
      <IconInbox className={classes.icon} size={16} stroke={1.7} aria-hidden="true" />
      <div className={classes.words}>
        <strong>{title}</strong>
        {children && (
          <div className={classes.text} data-prose>
            {children}
          </div>
        )}
        {action && <div className={classes.action}>{action}</div>}
      </div>
    </div>
  );
}

interface FailedStateProps {
  /** Name of what could not be loaded: "Latency could not be read". */
  title: string;
  /** Reason, with the note that the rest of the page works. */
  children: ReactNode;
  /** The way out: usually a "Try again" button. */
  action?: ReactNode;
  trace?: string | undefined;
}

/** Renders one failed panel; the rest of the page still works. */
export function FailedState({ title, children, action, trace }: FailedStateProps) {
  return (
    <div className={classes.block} role="alert">
      <IconAlertSquare className={classes.failed} size={16} stroke={1.7} aria-hidden="true" />
      <div className={classes.words}>
        <strong>{title}</strong>
        <div className={classes.text} data-prose>
          {children}
        </div>
        {(action || trace) && (
          <div className={classes.action}>
            {action}
            {trace && <code className="lw-quiet">trace {trace}</code>}
          </div>
        )}
      </div>
    </div>
  );
}

/** Renders the dashed line above content that is no longer fresh: "Shown as of 03:07. The stream stopped 5 min ago …". */
export function StaleLine({ children }: { children: ReactNode }) {
  return (
    <div className={classes.stale} role="status">
      <StatusShape state="watch" />
      <span>{children}</span>
    </div>
  );
}
