"use client";

import type { Chosen } from "../board-types.ts";
import { BudgetGauge } from "./budget-gauge.tsx";
import { BurnLadder } from "./burn-ladder.tsx";
import { CauseBox } from "./cause-box.tsx";
import classes from "./centre.module.css";
import { EvidenceLists } from "./evidence-lists.tsx";
import { FailingChart } from "./failing-chart.tsx";
import { FindingLines } from "./finding-lines.tsx";
import { SegmentsTable } from "./segments-table.tsx";
import { GlanceStrip } from "./summary-strip.tsx";
import { VerdictHead } from "./verdict-head.tsx";

interface CentrePaneProps {
  chosen: Chosen;
  onZoom: (range: { from: number; to: number } | undefined) => void;
}

/** Renders the details of the selected line: the conclusion, then the evidence. */
export function CentrePane({ chosen, onZoom }: CentrePaneProps) {
  const { slo, segments, words, alerts } = chosen;
  return (
    <article className={classes.centre}>
      <VerdictHead chosen={chosen} />
      <CauseBox cause={chosen.cause} />
      <FindingLines chosen={chosen} />
      {slo ? (
        <div className={classes.pair}>
          <BurnLadder slo={slo} />
          <BudgetGauge slo={slo} />
        </div>
      ) : (
        <section className={classes.foreign} aria-label="Alert details">
          <p>{chosen.title}</p>
          <p className="lw-small lw-quiet">
            {chosen.endpoint
              ? "This endpoint has no SLO, so there is no error budget to burn. Define one to see how severe this is."
              : "This alert comes from an external system and is not linked to a Leeway endpoint, so there are no metrics to show."}
          </p>
        </section>
      )}
      <FailingChart chosen={chosen} onZoom={onZoom} />
      <GlanceStrip numbers={chosen.numbers} endpoint={chosen.endpoint} />
      {segments && <SegmentsTable segments={segments} />}
      <EvidenceLists chosen={chosen} />
      {alerts.length > 1 && (
        <section aria-label="Alerts in this group">
          <h2 className={classes.heading}>
            Alerts in this group<span>notified together</span>
          </h2>
          <ul className={classes.list}>
            {alerts.map(({ fingerprint, title, muted }) => (
              <li key={fingerprint}>
                <span>
                  {title}
                  {muted && <span className="lw-quiet">; {muted}</span>}
                </span>
                <code className="lw-quiet">{fingerprint}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      {words.length > 0 && (
        <section aria-label="Summary" className={classes.words} data-prose>
          {words.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </section>
      )}
    </article>
  );
}
