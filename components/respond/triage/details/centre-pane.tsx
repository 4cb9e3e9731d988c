"use client";

import type { ReactNode } from "react";
import { formatDuration } from "#components/ui/format-time.ts";
import type { Chosen } from "../board-types.ts";
import { CauseBox } from "./cause-box.tsx";
import classes from "./centre.module.css";
import { Effect } from "./effect.tsx";
import { EvidenceLists } from "./evidence-lists.tsx";
import { FailingChart } from "./failing-chart.tsx";
import { FindingLines } from "./finding-lines.tsx";
import { RecoveryTable } from "./recovery-table.tsx";
import { SegmentsTable } from "./segments-table.tsx";
import { StageStrip } from "./stage-strip.tsx";
import { GlanceStrip } from "./summary-strip.tsx";
import { TimelineFold } from "./timeline-fold.tsx";
import { VerdictHead } from "./verdict-head.tsx";

interface CentrePaneProps {
  chosen: Chosen;
  onZoom: (range: { from: number; to: number } | undefined) => void;
}

/** Renders the details of the selected line, always in this order: whether it recovers, the cause, the effect, the evidence. */
export function CentrePane({ chosen, onZoom }: CentrePaneProps) {
  const { segments, words, recovery, row } = chosen;
  return (
    <article className={classes.centre}>
      <VerdictHead chosen={chosen} />
      <StageStrip chosen={chosen} />
      {recovery.length > 0 && (
        <Part label="Recovery">
          <RecoveryTable checks={recovery} />
        </Part>
      )}
      <Part label="Cause">
        <CauseBox cause={chosen.cause} changes={chosen.changes} />
        <FindingLines chosen={chosen} />
      </Part>
      <Part label="Effect">
        <Effect chosen={chosen} />
      </Part>
      <Part label="Evidence">
        <FailingChart chosen={chosen} onZoom={onZoom} />
        <GlanceStrip numbers={chosen.numbers} endpoint={chosen.endpoint} />
        {segments && <SegmentsTable segments={segments} />}
        <EvidenceLists chosen={chosen} />
        {words.length > 0 && (
          <section aria-label="Summary" className={classes.words} data-prose>
            {words.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </section>
        )}
      </Part>
      <AlertsFold alerts={chosen.alerts} isIncident={row.incident !== null} />
      {row.incident && <TimelineFold number={row.incident.number} />}
    </article>
  );
}

function Part({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.part}>
      <h2 className={classes.label}>{label}</h2>
      <div className={classes.body}>{children}</div>
    </div>
  );
}

/** Lists the alerts that fire, folded. */
function AlertsFold({ alerts, isIncident }: { alerts: Chosen["alerts"]; isIncident: boolean }) {
  if (alerts.length === 0) return null;
  const now = Date.now();
  return (
    <details className={classes.fold}>
      <summary>
        <strong>{isIncident ? "Alerts in this incident" : "Alerts in this group"}</strong>
        <span className="lw-quiet">{alerts.length} firing</span>
      </summary>
      <ul className={classes.list}>
        {alerts.map(({ fingerprint, title, muted, startsAt }) => (
          <li key={fingerprint}>
            <span>
              {title}
              {muted && <span className="lw-quiet">; {muted}</span>}
            </span>
            <span className={classes.when} suppressHydrationWarning>
              {formatDuration(Math.max(60_000, Math.floor((now - startsAt) / 60_000) * 60_000))}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
