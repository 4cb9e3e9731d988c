"use client";

import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { FindingKind, FindingOfRun, RunFinding } from "#server/develop/tracking/health/contract.ts";
import classes from "./run-health.module.css";
import { useFindings } from "./use-findings.ts";

const badges: Record<FindingKind, { state: State; word: string }> = {
  nan: { state: "missed", word: "NaN" },
  infinite: { state: "missed", word: "Infinite" },
  exploding: { state: "missed", word: "Exploding gradients" },
  diverging: { state: "missed", word: "Diverging" },
  stalled: { state: "watch", word: "Stalled" },
  silent: { state: "no-data", word: "No heartbeat" },
  plateau: { state: "watch", word: "Plateau" },
};

/** Renders the icon and label of a run's most severe finding, with the reason on hover; nothing for a healthy run. `filled` in headers. */
export function RunHealthBadge({ findings, filled = false }: { findings: readonly RunFinding[]; filled?: boolean }) {
  const open = findings.filter(({ until }) => until === null);
  const [worst, ...others] = open;
  if (!worst) return null;
  const { state, word } = badges[worst.kind];
  return (
    <span title={open.map(({ words }) => words).join(" ")}>
      <StatusBadge state={state} filled={filled}>
        {others.length > 0 ? `${word} +${others.length}` : word}
      </StatusBadge>
      <span className="lw-hidden">{open.map(({ words }) => words).join(" ")}</span>
    </span>
  );
}

/**
 * Shows current and past findings of a run on its page and updates them; renders nothing for a run that never had one. `initial` comes with
 * the page.
 */
export function RunHealth({ runId, initial }: { runId: string; initial: RunFinding[] }) {
  const findings = useFindings(runId, initial);
  if (findings.length === 0) return null;
  const isWell = findings.every(({ until }) => until !== null);
  return (
    <Panel title="Health" subtitle={isWell ? "all resolved" : undefined} flush>
      <ul className={classes.list}>
        {findings.map((finding) => (
          <li className={classes.item} key={finding.id} data-past={finding.until !== null || undefined}>
            <FindingItem finding={finding} />
            <span className={classes.words}>{finding.words}</span>
            <span className="lw-quiet">
              <RelativeTime at={finding.since} />
              {finding.until !== null && (
                <>
                  , resolved <RelativeTime at={finding.until} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Runs that need attention, for lists of experiments and the overview; nothing when there are none. */
export function RunsInTrouble({ findings, most = 8 }: { findings: readonly FindingOfRun[]; most?: number }) {
  if (findings.length === 0) return null;
  const more = findings.length - most;
  return (
    <Panel title="Runs that need attention" subtitle="most recent first" flush>
      <ul className={classes.list}>
        {findings.slice(0, most).map((finding) => (
          <li className={classes.item} key={finding.id}>
            <FindingItem finding={finding} />
            <span className={classes.words}>
              <Link href={`/experiments/${finding.experimentId}/runs/${finding.runId}`}>{finding.runName}</Link>{" "}
              <span className="lw-quiet">in {finding.experimentName}:</span> {finding.words}
            </span>
            <span className="lw-quiet">
              <RelativeTime at={finding.since} />
            </span>
          </li>
        ))}
        {more > 0 && <li className={classes.item}>and {more} more</li>}
      </ul>
    </Panel>
  );
}

function FindingItem({ finding }: { finding: RunFinding }) {
  const { state, word } = badges[finding.kind];
  return (
    <span>
      <StatusBadge state={finding.until === null ? state : "finished"}>{word}</StatusBadge>
    </span>
  );
}
