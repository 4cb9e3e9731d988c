import type { ReactNode } from "react";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { reportHref } from "./addresses.ts";
import { PortfolioPanel } from "./portfolio-panel.tsx";
import { ReleasesPanel } from "./releases-panel.tsx";
import classes from "./report.module.css";
import { ReportHead } from "./report-head.tsx";
import { ReportTiles } from "./report-tiles.tsx";
import { RisksPanel } from "./risks-panel.tsx";
import { shownRows } from "./shown-rows.ts";
import { TrendsPanel } from "./trends-panel.tsx";

/** One screen, one sheet of paper. @param showsAll lists all models, and not only those that fit */
export function Report({ facts, showsAll, digest }: { facts: ReportFacts; showsAll: boolean; digest?: ReactNode }) {
  const drawer = (fact: string) => reportHref({ name: facts.name, showsAll, fact });
  return (
    <div className={classes.report}>
      <ReportHead facts={facts} digest={digest} />
      <ReportTiles facts={facts} drawer={drawer} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <PortfolioPanel
            rows={facts.portfolio}
            shown={showsAll ? facts.portfolio.length : shownRows(facts)}
            drawer={drawer}
            more={reportHref({ name: facts.name, showsAll: !showsAll })}
          />
          <TrendsPanel facts={facts} drawer={drawer} />
        </div>
        <div className={classes.column}>
          <ReleasesPanel facts={facts} />
          <RisksPanel risks={facts.risks} />
        </div>
      </div>
    </div>
  );
}
