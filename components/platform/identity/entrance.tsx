import type { ReactNode } from "react";
import { Mark } from "#components/shell/mark.tsx";
import classes from "./entrance.module.css";
import { LeewayFigure } from "./leeway-figure.tsx";

interface EntranceProps {
  title: string;
  /** One line under the title. */
  subtitle?: ReactNode;
  version: string;
  host: string;
  children: ReactNode;
}

/** Renders the frame of the pages before the console: the form on the left, the meaning of the name on the right. */
export function Entrance({ title, subtitle, version, host, children }: EntranceProps) {
  return (
    <div className={classes.root}>
      <div className={classes.side}>
        <header className={classes.brand}>
          <Mark size={22} />
          <span>Leeway</span>
        </header>
        <main className={classes.form}>
          <h1 className={classes.title}>{title}</h1>
          {subtitle && <p className={classes.subtitle}>{subtitle}</p>}
          {children}
        </main>
        <footer className={classes.foot}>
          <span>Leeway {version}</span>
          <span>{host}</span>
          <a href="/health/ready">Service status</a>
        </footer>
      </div>
      <aside className={classes.meaning} aria-label="About the name">
        <LeewayFigure />
      </aside>
    </div>
  );
}
