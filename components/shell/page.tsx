import type { ReactNode } from "react";
import { StreamLine } from "./freshness.tsx";
import classes from "./page.module.css";
import { type Crumb, TopBar } from "./top-bar.tsx";

interface PageProps {
  crumbs: Crumb[];
  /** Shows freshness in the top bar, and the stale line when the stream stops. */
  live?: boolean;
  /** Says "Fixed range" in place of the freshness: what the page shows is over. */
  fixed?: boolean;
  /** Time range or environment, on pages that use them. */
  controls?: ReactNode;
  /** Panes that run edge to edge, without padding. */
  edge?: boolean;
  children: ReactNode;
}

/** Renders the top bar and content of one page of the console. */
export function Page({ crumbs, live, fixed, controls, edge, children }: PageProps) {
  return (
    <>
      <TopBar crumbs={crumbs} live={live ?? false} fixed={fixed ?? false} controls={controls} />
      <main className={edge ? classes.edge : classes.main} id="content" tabIndex={-1}>
        {live && <StreamLine />}
        {children}
      </main>
    </>
  );
}
