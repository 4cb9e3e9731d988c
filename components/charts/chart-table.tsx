import { CopyButton } from "#components/ui/copy-button.tsx";
import classes from "./chart-table.module.css";

export interface ChartTable {
  head: string[];
  /** Words as they are read; the first column names the row. */
  rows: string[][];
}

function asCsv({ head, rows }: ChartTable): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

/** Renders the chart's data as a table, with rows in the given order. */
export function ChartTableView({ table, height }: { table: ChartTable; height: number }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the table is scrolled by keys
    <div className={classes.scroll} style={{ height }} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {table.head.map((word) => (
              <th scope="col" key={word}>
                {word}
              </th>
            ))}
            <th className={classes.copy}>
              <CopyButton value={asCsv(table)} label="Copy as CSV" />
            </th>
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row[0]}>
              {row.map((text, index) => (
                <td key={table.head[index]}>{text}</td>
              ))}
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
