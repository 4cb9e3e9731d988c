import type { ReactNode } from "react";
import classes from "./panel.module.css";

interface PanelProps {
  title?: ReactNode;
  /** Quiet words after the title: unit, window, sort rule. */
  subtitle?: ReactNode;
  /** Legend or control at the right of the head. */
  right?: ReactNode;
  /** Without inner padding: for tables and lists that run to the edge. */
  flush?: boolean;
  id?: string;
  className?: string | undefined;
  children?: ReactNode;
}

/** Renders a surface with a hairline edge. Never nest panels: use `PanelSection`. */
export function Panel({ title, subtitle, right, flush, id, className, children }: PanelProps) {
  return (
    <section className={className ? `${classes.panel} ${className}` : classes.panel} id={id}>
      {(title || right) && (
        <div className={classes.head}>
          <div className={classes.words}>
            {title && <h2 className={classes.title}>{title}</h2>}
            {subtitle && <span className={classes.subtitle}>{subtitle}</span>}
          </div>
          {right && <div className={classes.right}>{right}</div>}
        </div>
      )}
      {flush ? children : <div className={classes.body}>{children}</div>}
    </section>
  );
}

/** Renders a section of a panel, separated from the previous one by a hairline. */
export function PanelSection({ title, children }: { title?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.section}>
      {title && <h3 className={classes.title}>{title}</h3>}
      {children}
    </div>
  );
}
