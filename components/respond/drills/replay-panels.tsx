"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { Replay } from "#server/respond/drills/contract.ts";
import type { FaultKind } from "#server/serve/faults/contract.ts";
import classes from "./drills.module.css";
import { affectedNoun, formatSeconds } from "./game-day-text.ts";

interface ReplayPanelsProps {
  /** Undefined before the plan is complete. */
  replay: Replay | undefined;
  kind: FaultKind;
  minutes: number;
}

/** Shows what a plan would affect, and how its burn would look to the rules of each SLO that sees it. */
export function ReplayPanels({ replay, kind, minutes }: ReplayPanelsProps) {
  return (
    <>
      <BlastRadiusPanel replay={replay} kind={kind} />
      <AlertReplayPanel replay={replay} minutes={minutes} />
    </>
  );
}

function BlastRadiusPanel({ replay, kind }: Pick<ReplayPanelsProps, "replay" | "kind">) {
  const isKnown = replay !== undefined && replay.problem === "";
  return (
    <Panel title="Blast radius" subtitle="from the same hour, last 7 d">
      {isKnown ? (
        <dl className="lw-facts">
          <dt>{affectedNoun(kind)}</dt>
          <dd>
            <strong className="lw-number">{formatCount(replay.expectedAffected)}</strong> of{" "}
            {formatCount(replay.expectedRequests)} requests
          </dd>
          {replay.objectives.map(({ sloId, name, budgetUse }) => (
            <Budget name={name} use={budgetUse} key={sloId} />
          ))}
        </dl>
      ) : (
        <p className="lw-muted">{replay?.problem ?? "The plan is not complete yet."}</p>
      )}
    </Panel>
  );
}

function Budget({ name, use }: { name: string; use: number }) {
  return (
    <>
      <dt>Error budget</dt>
      <dd>
        <strong className="lw-number">{formatPercent(use)}</strong> of {name}
      </dd>
    </>
  );
}

function AlertReplayPanel({ replay, minutes }: Pick<ReplayPanelsProps, "replay" | "minutes">) {
  const shown = (replay?.objectives ?? []).filter(({ points }) => points.length > 0);
  if (shown.length === 0) return null;
  return (
    <Panel title="Alert replay" subtitle="burn rate by window, after the start">
      <div className={classes.charts}>
        {shown.map(({ sloId, name, points, pagesAbove, pageAfterSeconds }) => (
          <div key={sloId}>
            <LineChart
              title={name}
              subtitle="burn rate"
              unit="×"
              x="relative"
              bare
              height={170}
              fromZero
              series={[
                { id: "long", label: "long window", index: 0, points: pointsOf(points, "long") },
                { id: "short", label: "short window", index: 2, points: pointsOf(points, "short") },
              ]}
              thresholds={[{ value: pagesAbove, label: "pages above" }]}
              shades={[{ from: 0, to: minutes * 60_000, label: "fault" }]}
              markers={pageMarkers(pageAfterSeconds)}
            />
            <p className="lw-muted">
              {pageAfterSeconds === null
                ? `No page within ${plural(minutes, "minute")} and the hour after.`
                : `Pages after ${formatSeconds(pageAfterSeconds)}: both windows are above ${pagesAbove}×.`}
            </p>
          </div>
        ))}
      </div>
    </Panel>
  );
}

type Points = Replay["objectives"][number]["points"];

function pointsOf(points: Points, window: "short" | "long") {
  return points.map((point) => ({ at: point.seconds * 1000, value: point[window] }));
}

function pageMarkers(seconds: number | null): Marker[] {
  return seconds === null ? [] : [{ at: seconds * 1000, label: "page", kind: "incident", suspected: true }];
}
