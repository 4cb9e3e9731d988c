import { measured, type Series } from "./prepare.ts";

/**
 * Formats the data of a chart as CSV: a column per series, with the lowest and highest value where points represent several. Exact
 * numbers; empty cells without a measurement.
 * @param head name of the first column. @param position words for an `at`; the number itself when left out.
 */
export function chartCsv(head: string, series: readonly Series[], position: (at: number) => string = String): string {
  const rows = new Map<number, string[]>();
  const columns = series.flatMap(({ label, band }) => (band ? [label, `${label} low`, `${label} high`] : [label]));
  let column = 0;
  const put = (at: number, index: number, value: number) => {
    const row = rows.get(at) ?? Array<string>(columns.length).fill("");
    row[index] = String(value);
    rows.set(at, row);
  };
  for (const { points, band } of series) {
    for (const point of points) if (measured(point)) put(point.at, column, point.value);
    for (const { at, low, high } of band ?? []) {
      put(at, column + 1, low);
      put(at, column + 2, high);
    }
    column += band ? 3 : 1;
  }
  const lines = [...rows].sort(([a], [b]) => a - b).map(([at, row]) => [position(at), ...row]);
  return [[head, ...columns], ...lines].map((row) => row.map(cell).join(",")).join("\n");
}

function cell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
