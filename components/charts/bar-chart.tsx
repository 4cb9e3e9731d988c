"use client";

import { Bar, BarChart as BarsOf, CartesianGrid, Cell, Tooltip, XAxis, YAxis } from "recharts";
import { formatUnit } from "#components/ui/format.ts";
import { axisLine, axisProps, gridProps, yAxisProps } from "./axes.ts";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";
import { ChartTooltip } from "./chart-tooltip.tsx";
import { axisWidth } from "./geometry.ts";
import { niceTicks, tickLabels } from "./ticks.ts";

export interface BarOf {
  label: string;
  /** Null has no bar and reads "no value". */
  value: number | null;
  /** The one that the words speak of: darker. */
  highlighted?: boolean;
}

interface BarChartProps extends Omit<ChartFrameProps, "title"> {
  title: string;
  bars: readonly BarOf[];
  unit: string;
  /** What the labels along the bottom are: "batch size". */
  noun: string;
  /** Bars touch: the classes of a histogram. */
  touching?: boolean;
}

/** Counts and shares from zero in slate; one may be highlighted. */
export function BarChart(props: BarChartProps) {
  const { bars, unit, title, noun } = props;
  const known = bars.flatMap(({ value }) => (value === null ? [] : [value]));
  return (
    <ChartFrame
      {...props}
      legend={[]}
      summary={`${title}: ${bars.map(({ label, value }) => `${label} ${formatUnit(value, unit)}`).join(", ")}.`}
      table={() => ({ head: [noun, title], rows: bars.map(({ label, value }) => [label, formatUnit(value, unit)]) })}
      isEmpty={known.length === 0}
    >
      {(width) => <BarPlot {...props} width={width} most={Math.max(0, ...known)} />}
    </ChartFrame>
  );
}

function BarPlot(props: BarChartProps & { width: number; most: number }) {
  const { bars, unit, width, height = 180, noun } = props;
  const ticks = niceTicks(0, props.most);
  const labels = tickLabels(ticks, unit);
  const left = axisWidth(labels);
  const each = (width - left) / Math.max(1, bars.length);
  const longest = Math.max(...bars.map(({ label }) => label.length)) * 6.2 + 8;
  const style = { colour: "var(--lw-series-6)", dash: undefined };
  return (
    <BarsOf
      width={width}
      height={height}
      data={[...bars]}
      margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
      barCategoryGap={props.touching ? 1 : "18%"}
      accessibilityLayer
      title={props.title}
    >
      <CartesianGrid {...gridProps} />
      <XAxis
        {...axisProps}
        dataKey="label"
        axisLine={axisLine}
        height={22}
        interval={Math.max(0, Math.ceil(longest / each) - 1)}
      />
      <YAxis {...axisProps} {...yAxisProps(ticks, labels, left)} />
      <Bar dataKey="value" radius={[1.5, 1.5, 0, 0]} isAnimationActive={false}>
        {bars.map(({ label, highlighted }) => (
          <Cell key={label} fill={style.colour} fillOpacity={highlighted ? 1 : 0.6} />
        ))}
      </Bar>
      <Tooltip
        isAnimationActive={false}
        wrapperStyle={{ zIndex: 5 }}
        cursor={{ fill: "var(--lw-hover)" }}
        content={({ active, label }) => {
          const bar = bars.find((one) => one.label === label);
          if (!active || !bar) return null;
          const line = { label: props.title, style, value: bar.value, text: formatUnit(bar.value, unit) };
          return <ChartTooltip title={`${noun} ${bar.label}`} lines={[line]} />;
        }}
      />
    </BarsOf>
  );
}
