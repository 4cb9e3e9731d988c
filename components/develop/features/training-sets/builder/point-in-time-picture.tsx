import type { ReactNode } from "react";
import { formatDuration } from "#components/ui/format-time.ts";
import type { TrainingSetPreview } from "#server/develop/features/training-sets/contract.ts";
import classes from "./picture.module.css";
import { anchorAt, type PlacedPoint, placeLanes, rowAt, wordsWithRoom } from "./point-in-time-layout.ts";
import { clockOf, momentOf } from "./preview-time.ts";

type PreviewedRow = TrainingSetPreview["rows"][number];

interface PictureProps {
  row: PreviewedRow;
  views: TrainingSetPreview["views"];
  /** Name and value of the label, if there is one. */
  label: { name: string; value: string | null } | undefined;
}

const laneHeight = 34;
const top = 20;
const dayUs = 86_400_000_000;

/** Draws which row of each view's history one row of the training set gets, and which it does not: older, not known yet, later. */
export function PointInTimePicture({ row, views, label }: PictureProps) {
  const ttls = views.map(({ ttlUs }) => ttlUs);
  const placed = placeLanes(row.at, row.lanes, ttls, label ? row.labelAt : null);
  const hasLabelLane = label !== undefined && placed.labelX !== null;
  const height = top + laneHeight * (views.length + (hasLabelLane ? 1 : 0)) + 18;
  const labelY = top + laneHeight * views.length + 8;
  return (
    <div className={classes.root}>
      <div className={classes.names} aria-hidden="true" style={{ paddingTop: top - 2 }}>
        {views.map((view) => (
          <code className={classes.name} key={view.name}>
            {view.name}
          </code>
        ))}
        {hasLabelLane && <code className={classes.name}>{label.name}</code>}
      </div>
      <svg className={classes.plot} height={height} role="img" aria-label={describeJoin(row, views)}>
        <rect className={classes.after} x={`${rowAt}%`} y={4} width={`${100 - rowAt}%`} height={height - 22} />
        {placed.lanes.map(({ points, ttlX }, index) => {
          const y = top + laneHeight * index + 8;
          return (
            <g key={views[index]?.name}>
              <line className={classes.lane} x1="0" x2="100%" y1={y} y2={y} />
              {ttlX !== null && (
                <rect className={classes.ttl} x={`${ttlX}%`} y={y - 3} width={`${rowAt - ttlX}%`} height={6} rx={3} />
              )}
              {points.map((point) => (
                <Point point={point} y={y} key={`${point.eventAt} ${point.arrivedAt} ${point.state}`} />
              ))}
              <Words points={points} at={row.at} y={y} />
            </g>
          );
        })}
        {hasLabelLane && (
          <g>
            <line className={classes.lane} x1="0" x2="100%" y1={labelY} y2={labelY} />
            <svg x={`${placed.labelX}%`} y={labelY} overflow="visible" aria-hidden="true">
              <path className={classes.label} d="M0 -6 6 0 0 6 -6 0Z" />
            </svg>
            <LaneText x={placed.labelX ?? 0} y={labelY - 9} isQuiet>
              {`${label.value ?? "null"}, ${momentOf(row.labelAt ?? row.at)}`}
            </LaneText>
          </g>
        )}
        <line className={classes.row} x1={`${rowAt}%`} x2={`${rowAt}%`} y1={2} y2={height - 16} />
        <text className={classes.quiet} x="0" y={height - 3}>
          earlier
        </text>
        <text className={classes.rowTime} x={`${rowAt}%`} y={height - 3} textAnchor="middle">
          row time: {momentOf(row.at)}
        </text>
        <text className={classes.quiet} x="100%" y={height - 3} textAnchor="end">
          later
        </text>
      </svg>
    </div>
  );
}

/** Explains the marks of the picture. */
export function PictureLegend() {
  const entries: [ReactNode, string][] = [
    [<circle className={classes.joined} cx="7" cy="6" r="4.5" key="joined" />, "joined"],
    [<rect className={classes.ttl} x="0" y="3" width="14" height="6" rx="3" key="ttl" />, "within TTL"],
    [<Struck x="7" y={6} key="struck" />, "not yet arrived"],
    [<circle className={classes.open} cx="7" cy="6" r="4" key="open" />, "not used"],
  ];
  return (
    <span className={classes.legend}>
      {entries.map(([mark, words]) => (
        <span key={words}>
          <svg width="14" height="12" aria-hidden="true">
            {mark}
          </svg>
          {words}
        </span>
      ))}
    </span>
  );
}

function Point({ point, y }: { point: PlacedPoint; y: number }) {
  const x = `${point.x}%`;
  if (point.state === "joined") return <circle className={classes.joined} cx={x} cy={y} r={5} />;
  if (point.state !== "not-known") return <circle className={classes.open} cx={x} cy={y} r={4} />;
  return (
    <>
      {point.knownX !== null && (
        <>
          <line className={classes.until} x1={x} x2={`${point.knownX}%`} y1={y} y2={y} />
          <svg x={`${point.knownX}%`} y={y} overflow="visible" aria-hidden="true">
            <path className={classes.head} d="M-5 -3.5 0 0 -5 3.5" />
          </svg>
        </>
      )}
      <Struck x={x} y={y} />
    </>
  );
}

function Struck({ x, y }: { x: string; y: number }) {
  return (
    <svg x={x} y={y} overflow="visible" aria-hidden="true">
      <circle className={classes.struck} r={5} />
      <path className={classes.struck} d="M-3.5 3.5 3.5 -3.5" />
    </svg>
  );
}

/** Writes beside the marks of a lane: first what was joined, then what was not known, then the nearest others, as far as there is room. */
function Words({ points, at, y }: { points: readonly PlacedPoint[]; at: number; y: number }) {
  const joined = points.find(({ state }) => state === "joined");
  const unknown = points.findLast(({ state }) => state === "not-known");
  const later = points.find(({ state }) => state === "later");
  const older = points.findLast(({ state, eventAt }) => state === "older" && (!joined || eventAt < joined.eventAt));
  const wanted = [
    joined && { x: joined.x, text: textOfJoined(joined, at), isQuiet: false },
    unknown && { x: unknown.x, text: textOfUnknown(unknown, at), isQuiet: true },
    later && { x: later.x, text: "after", isQuiet: true },
    older && { x: older.x, text: "older", isQuiet: true },
  ];
  const placed = wordsWithRoom(wanted.filter((word) => word !== undefined));
  return placed.map(({ x, text, isQuiet }) => (
    <LaneText x={x} y={y - 9} isQuiet={isQuiet} key={text}>
      {text}
    </LaneText>
  ));
}

function LaneText({ x, y, isQuiet, children }: { x: number; y: number; isQuiet: boolean; children: string }) {
  return (
    <text className={isQuiet ? classes.quiet : classes.word} x={`${x}%`} y={y} textAnchor={anchorAt(x)}>
      {children}
    </text>
  );
}

function textOfJoined({ eventAt, createdAt }: PlacedPoint, at: number): string {
  const time = at - eventAt < dayUs ? clockOf(eventAt) : momentOf(eventAt);
  const wasLater = createdAt !== null && createdAt <= at && createdAt - eventAt >= 60_000_000;
  return wasLater ? `${time}, created ${clockOf(createdAt)}` : time;
}

function textOfUnknown({ eventAt, knownAt }: PlacedPoint, at: number): string {
  const time = at - eventAt < dayUs ? clockOf(eventAt) : momentOf(eventAt);
  return knownAt === null ? time : `${time}, known ${formatDuration((knownAt - eventAt) / 1000)} later`;
}

function describeJoin({ at, lanes }: PreviewedRow, views: PictureProps["views"]): string {
  const parts = views.map(({ name }, index) => {
    const lane = lanes[index];
    const joined = lane?.points.find(({ state }) => state === "joined");
    const unknown = lane?.points.filter(({ state }) => state === "not-known").length ?? 0;
    const found = joined
      ? `joined the row of ${momentOf(joined.eventAt)}, ${formatDuration((lane?.ageUs ?? 0) / 1000)} old`
      : `nothing joined: ${outcomeLabels[lane?.outcome ?? "none"]}`;
    return `${name}: ${found}${unknown > 0 ? `; ${unknown} arrived later` : ""}`;
  });
  return `Row of ${momentOf(at)}. ${parts.join(". ")}.`;
}

export const outcomeLabels: Record<PreviewedRow["lanes"][number]["outcome"], string> = {
  joined: "joined",
  expired: "older than the TTL",
  "unknown-key": "unknown key",
  none: "not yet arrived",
};
