"use client";

import type { Chosen } from "../board-types.ts";
import { BudgetGauge } from "./budget-gauge.tsx";
import { BurnLadder } from "./burn-ladder.tsx";
import { CauseBox } from "./cause-box.tsx";
import classes from "./centre.module.css";
import { EvidenceLists } from "./evidence-lists.tsx";
import { FailingChart } from "./failing-chart.tsx";
import { FindingLines } from "./finding-lines.tsx";
import { GlanceStrip } from "./glance-strip.tsx";
import { SegmentsTable } from "./segments-table.tsx";
import { VerdictHead } from "./verdict-head.tsx";

interface CentrePaneProps {
  chosen: Chosen;
  onZoom: (range: { from: number; to: number } | undefined) => void;
}

/** All about the chosen one: the conclusion, then the evidence. */
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
        <section className={classes.foreign} aria-label="What the alert says">
          <p>{chosen.title}</p>
          <p className="lw-small lw-quiet">
            {chosen.endpoint
              ? "Nothing is promised of this endpoint, so that there is no budget to burn. An SLO would say how bad it is."
              : "It was told by another system, and names no endpoint of Leeway: there is nothing counted here to show."}
          </p>
        </section>
      )}
      <FailingChart chosen={chosen} onZoom={onZoom} />
      <GlanceStrip numbers={chosen.numbers} endpoint={chosen.endpoint} />
      {segments && <SegmentsTable segments={segments} />}
      <EvidenceLists chosen={chosen} />
      {alerts.length > 1 && (
        <section aria-label="Alerts under this line">
          <h2 className={classes.heading}>
            Alerts under this line<span>told together</span>
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
        <section aria-label="In words" className={classes.words} data-prose>
          {words.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </section>
      )}
    </article>
  );
}
