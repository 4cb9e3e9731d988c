import { formatUnit } from "#components/ui/format.ts";
import type { ChartTable } from "./chart-table.tsx";
import type { LineChartProps } from "./line-chart.tsx";
import type { Range } from "./prepare.ts";
import { prepareLines } from "./prepare-lines.ts";
import { planXAxis } from "./x-axis.ts";

type TableInput = Pick<LineChartProps, "series" | "unit" | "x" | "xNoun">;

/** Maximum number of table rows: more than anyone reads, few enough to render at once. */
const maxRows = 2000;

/** Returns the rows of the table view, newest first; they are also copied as CSV. */
export function tableOf({ series, unit, x = "time", xNoun }: TableInput, range: Range): ChartTable {
  const { name } = planXAxis(x, range, 600, xNoun);
  const { rows, lines } = prepareLines(series);
  return {
    head: [x === "time" ? "Time" : (xNoun ?? "Step"), ...series.map(({ label }) => label)],
    rows: rows
      .slice(-maxRows)
      .reverse()
      .map((row) => [
        name(row.at),
        ...series.map((_, index) => {
          const line = lines.find(({ key, series: owner }) => owner === index && row[key] !== undefined);
          return formatUnit(line ? row[line.key] : null, unit);
        }),
      ]),
  };
}
