import type { CSSProperties, ReactNode } from "react";
import { HelpLink } from "./help-link.tsx";
import classes from "./page-head.module.css";

interface PageHeadProps {
  title: ReactNode;
  /** The guide to this page, with a heading: "on-call#alert-rules". */
  help?: string | undefined;
  /** State badges beside the title. */
  badges?: ReactNode;
  /** One quiet line of context. */
  context?: ReactNode;
  /** At most three buttons, the primary one last. */
  actions?: ReactNode;
  /** The conclusion, before the evidence. */
  sentence?: ReactNode;
}

/** Renders title, states, one line of context and actions; below them the sentence or verdict. */
export function PageHead({ title, help, badges, context, actions, sentence }: PageHeadProps) {
  return (
    <div className={classes.root}>
      <div className={classes.row}>
        <h1 className={classes.title}>{title}</h1>
        {help && <HelpLink to={help} />}
        {badges && <div className={classes.badges}>{badges}</div>}
        {context && <div className={classes.context}>{context}</div>}
        {actions && (
          <div className={classes.actions} id="actions" tabIndex={-1}>
            {actions}
          </div>
        )}
      </div>
      {sentence && <p className={classes.sentence}>{sentence}</p>}
    </div>
  );
}

/** Renders the conclusion of a tab below the head of its page, with its state, one line of context and its buttons. */
export function TabHead({ badges, context, actions, sentence }: Omit<PageHeadProps, "title" | "help">) {
  return (
    <div className={classes.root}>
      {sentence && <p className={classes.sentence}>{sentence}</p>}
      <div className={classes.row}>
        {badges && <div className={classes.badges}>{badges}</div>}
        {context && <div className={classes.context}>{context}</div>}
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
    </div>
  );
}

/** Panels under each other, in one of `Columns`. */
export function Stack({ children }: { children: ReactNode }) {
  return <div className={classes.stack}>{children}</div>;
}

/** Renders a row of panels: `columns` as in CSS grid (default: equal thirds). Columns of fixed width wrap below the others first. */
export function Columns({ columns, children }: { columns?: string; children: ReactNode }) {
  return (
    <div
      className={classes.columns}
      data-fixed={columns?.includes("px") || undefined}
      style={{ "--columns": columns ?? "repeat(3, 1fr)" } as CSSProperties}
    >
      {children}
    </div>
  );
}
