"use client";

import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { niceTicks } from "#components/charts/ticks.ts";
import { formatPercent } from "#components/ui/format.ts";
import type { DriftBin, FeatureDetail } from "#server/watch/monitoring/drift/report/contract.ts";
import classes from "./distribution-chart.module.css";

interface DistributionChartProps {
  name: string;
  bins: FeatureDetail["bins"];
  /** "last 7 d". */
  rangeText: string;
  height?: number;
}

const [top, bottom, left, right] = [8, 34, 40, 4];
const [levelHeight, levelLabel, levelNumber] = [17, 120, 46];

/** Renders shares of rows by bin or level: filled bars for the range, a dashed outline for the reference. */
export function DistributionChart({ name, bins, rangeText, height = 210 }: DistributionChartProps) {
  const isLevels = bins.every(({ from, to }) => from === null && to === null);
  return (
    <ChartFrame
      title={<span className="lw-hidden">Distribution of {name}</span>}
      subtitle="% of rows"
      bare
      height={height}
      legend={[
        { label: "reference", style: { colour: "var(--lw-text)", dash: "3 2" } },
        { label: rangeText, style: { colour: "var(--lw-series-1)", dash: "", opacity: 0.5 }, shape: "square" },
      ]}
      summary={summaryOf(name, bins)}
      table={() => ({
        head: [isLevels ? "level" : "values", "reference", rangeText],
        rows: bins.map(({ label, reference, current }) => [label, formatPercent(reference), formatPercent(current)]),
      })}
      csv={{ name: `${name} distribution`, text: () => csvOf(bins) }}
      isEmpty={bins.length === 0}
    >
      {(width) =>
        isLevels ? <LevelRows bins={bins} width={width} /> : <Bars bins={bins} width={width} height={height} />
      }
    </ChartFrame>
  );
}

function Bars({ bins, width, height }: { bins: readonly DriftBin[]; width: number; height: number }) {
  const most = Math.max(...bins.map(({ reference, current }) => Math.max(reference, current)), 0.01);
  const ticks = niceTicks(0, most, 4);
  const highest = ticks.at(-1) ?? 1;
  const plot = { width: Math.max(1, width - left - right), height: height - top - bottom };
  const step = plot.width / bins.length;
  const y = (share: number) => top + plot.height * (1 - share / highest);
  const x = (index: number) => left + index * step;
  const outline = bins
    .map(({ reference }, index) => `${index === 0 ? `M${x(0)} ${y(0)}V` : "V"}${y(reference)}H${x(index + 1)}`)
    .join("");
  return (
    <svg className={classes.chart} width={width} height={height} aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <path className={classes.grid} d={`M${left} ${y(tick)}H${width - right}`} />
          <text className={classes.tick} x={left - 6} y={y(tick) + 4} textAnchor="end">
            {tick === highest ? `${shown(tick)}%` : shown(tick)}
          </text>
        </g>
      ))}
      {bins.map(({ label, reference, current }, index) => (
        <rect
          className={classes.bar}
          x={x(index) + 1}
          y={current > 0 ? Math.min(y(current), y(0) - 1) : y(0)}
          width={Math.max(1, step - 2)}
          height={current > 0 ? Math.max(1, y(0) - y(current)) : 0}
          key={label}
        >
          <title>{`${label}: ${formatPercent(current)}, reference ${formatPercent(reference)}`}</title>
        </rect>
      ))}
      <path className={classes.outline} d={`${outline}V${y(0)}`} />
      {boundsShown(bins, step).map(({ index, text }) => (
        <text className={classes.tick} x={x(index)} y={height - bottom + 16} textAnchor="middle" key={index}>
          {text}
        </text>
      ))}
    </svg>
  );
}

/** Renders one level per row: its share as a bar, the reference's share as a dashed outline around it. */
function LevelRows({ bins, width }: { bins: readonly DriftBin[]; width: number }) {
  const most = Math.max(...bins.map(({ reference, current }) => Math.max(reference, current)), 0.01);
  const room = Math.max(20, width - levelLabel - levelNumber);
  const length = (share: number) => (share / most) * room;
  return (
    <svg className={classes.chart} width={width} height={bins.length * levelHeight + 4} aria-hidden="true">
      {bins.map(({ label, reference, current }, index) => {
        const y = index * levelHeight + 2;
        return (
          <g key={label}>
            <title>{`${label}: ${formatPercent(current)}, reference ${formatPercent(reference)}`}</title>
            <text className={classes.tick} x={levelLabel - 8} y={y + 11} textAnchor="end">
              {cut(label, 18)}
            </text>
            <rect
              className={classes.bar}
              x={levelLabel}
              y={y + 2}
              width={current > 0 ? Math.max(1, length(current)) : 0}
              height={11}
            />
            <path className={classes.outline} d={`M${levelLabel} ${y}h${length(reference)}v15h${-length(reference)}`} />
            <text className={classes.tick} x={levelLabel + Math.max(length(reference), length(current)) + 6} y={y + 11}>
              {formatPercent(current)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

/** Bounds between bars, as many as there is room for. */
function boundsShown(bins: readonly DriftBin[], step: number): { index: number; text: string }[] {
  const all = bins
    .slice(0, -1)
    .flatMap(({ to }, index) => (to === null ? [] : [{ index: index + 1, text: numberText(to) }]));
  const longest = Math.max(1, ...all.map(({ text }) => text.length)) * 6.6 + 10;
  const every = Math.max(1, Math.ceil(longest / step));
  return all.filter((_, index) => index % every === 0);
}

function numberText(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6 || (magnitude > 0 && magnitude < 0.001)) return value.toExponential(1).replace("e+", "e");
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

function shown(share: number): string {
  return String(Number((share * 100).toPrecision(3)));
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

function summaryOf(name: string, bins: readonly DriftBin[]): string {
  const [largest] = bins.toSorted((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference));
  if (!largest) return "";
  return `${name}: largest difference at ${largest.label}, ${formatPercent(largest.current)} of rows vs ${formatPercent(largest.reference)} in the reference.`;
}

function csvOf(bins: readonly DriftBin[]): string {
  const rows = bins.map(({ label, reference, current }) => `"${label.replaceAll('"', '""')}",${reference},${current}`);
  return ["bin,reference,current", ...rows].join("\n");
}
