"use client";

import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { DragZoom } from "#components/charts/drag-zoom.tsx";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { formatNumber } from "#components/ui/format.ts";
import { formatAbsolute, formatUntil } from "#components/ui/format-time.ts";
import { useHydrated } from "#components/ui/now.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { DriftHistory } from "#server/watch/monitoring/drift/report/contract.ts";
import classes from "./distribution-chart.module.css";

interface HistoryChartProps {
  name: string;
  history: Wire<DriftHistory>;
  height?: number;
}

const [top, right] = [20, 44];
const lengthNames = {
  "five-minutes": { one: "five minutes", many: "five minutes" },
  hour: { one: "hour", many: "hours" },
  day: { one: "day", many: "days" },
  week: { one: "week", many: "weeks" },
} as const;

/** Renders drift per window, with the range of normal windows. Windows without rows are gaps. */
export function HistoryChart({ name, history, height = 86 }: HistoryChartProps) {
  const { windows, ordinary, length } = history;
  const zone = useHydrated() ? undefined : "UTC";
  const last = windows.at(-1);
  const usual =
    ordinary === null
      ? "not enough normal windows to determine the usual range"
      : `normal ${lengthNames[length].many} stay below ${formatNumber(ordinary)}`;
  const now = last ? `${formatNumber(last.psi)} in the latest window` : "";
  return (
    <ChartFrame
      title={`Drift per ${lengthNames[length].one}`}
      subtitle={[`PSI`, now, usual].filter(Boolean).join("; ")}
      bare
      height={height}
      legend={[]}
      summary={`Drift of ${name} in ${windows.length} windows, ${now}.`}
      table={() => ({
        head: [length, "PSI", "line", "rows"],
        rows: windows
          .toReversed()
          .map(({ start, psi, line, rows }) => [
            formatAbsolute(new Date(start), zone),
            formatNumber(psi),
            formatNumber(line),
            rows.toLocaleString("en"),
          ]),
      })}
      isEmpty={windows.length === 0}
      empty={
        <p className="lw-small lw-quiet">No results yet: the first one appears at the end of the first {length}.</p>
      }
    >
      {(width) => (
        <Bars windows={windows} ordinary={ordinary} width={width} height={height} zone={zone} length={length} />
      )}
    </ChartFrame>
  );
}

const stepMs = { "five-minutes": 300_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

interface BarsProps extends Pick<Wire<DriftHistory>, "windows" | "ordinary" | "length"> {
  width: number;
  height: number;
  zone: string | undefined;
}

function Bars({ windows, ordinary, length, width, height, zone }: BarsProps) {
  const onZoom = useRangeZoom();
  const at = (start: string) => Math.round(new Date(start).getTime() / stepMs[length]);
  const [first, last] = [at(windows[0]?.start ?? ""), at(windows.at(-1)?.start ?? "")];
  const step = (width - right) / Math.max(1, last - first + 1);
  const most = Math.max(...windows.map(({ psi }) => psi ?? 0), (ordinary ?? 0) * 1.4, 1e-6);
  const y = (psi: number) => height - 1 - (psi / most) * (height - top - 1);
  const bar = Math.max(2, Math.min(6, step * 0.5));
  const newest = windows.at(-1);
  const domain = [first * stepMs[length], (last + 1) * stepMs[length]] as const;
  const plot = { left: 0, top: 0, width: width - right, height, domain, values: [0, most] as const };
  return (
    <DragZoom plot={plot} height={height} onZoom={onZoom} nameOf={(at) => formatUntil(at, domain[1], zone)}>
      <svg className={classes.chart} width={width} height={height} aria-hidden="true">
        {ordinary !== null && (
          <>
            <rect
              className={classes.ordinary}
              x={0}
              y={y(ordinary)}
              width={width - right}
              height={height - y(ordinary)}
            />
            <text className={classes.tick} x={2} y={Math.max(11, y(ordinary) - 4)}>
              normal range
            </text>
          </>
        )}
        <path className={classes.grid} d={`M0 ${height - 0.5}H${width - right}`} />
        {windows.map(({ start, psi, state }) => {
          if (psi === null) return null;
          const x = (at(start) - first + 0.5) * step;
          const isAlarm = state === "drift" || state === "expected";
          return (
            <g key={start}>
              <rect
                className={isAlarm ? classes.alarm : classes.past}
                x={x - bar / 2}
                y={Math.min(y(psi), height - 2)}
                width={bar}
                height={Math.max(1, height - 1 - y(psi))}
              >
                <title>{`${formatAbsolute(new Date(start), zone)}: ${formatNumber(psi)}`}</title>
              </rect>
              {isAlarm && <path className={classes.alarm} d={`M${x} ${y(psi) - 9}l4.5 8h-9Z`} />}
            </g>
          );
        })}
        {newest?.psi !== null && newest !== undefined && (
          <text className={classes.now} x={width - right + 6} y={Math.max(12, y(newest.psi) + 4)}>
            {formatNumber(newest.psi)}
          </text>
        )}
      </svg>
    </DragZoom>
  );
}
