import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatPercent } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { rankConfusions } from "./confusions.ts";
import classes from "./evaluation.module.css";
import { shadeOf } from "./shade.ts";

interface ConfusionGridProps {
  /** Classes of the labels, then predictions that are none of them. */
  classes: readonly string[];
  /** Rows by label, then by prediction. */
  counts: readonly (readonly number[])[];
}

/** Stands for the class of rows without a prediction. */
export const noPrediction = "no prediction";

type Confused = ReturnType<typeof rankConfusions>[number];

/** Renders rows by label and prediction; darker is a larger share of the label. On a phone, only the most frequent confusions. */
export function ConfusionGrid({ classes: names, counts }: ConfusionGridProps) {
  const confused = rankConfusions(names, counts);
  const largest = Math.max(0, ...confused.map(({ share }) => share));
  const [worst] = confused;
  return (
    <Panel title="Confusion" subtitle="rows; shade: share of the label" flush>
      <section
        className={classes.grid}
        data-large={names.length > 3 || undefined}
        data-dense={names.length > 6 || undefined}
        aria-label="Confusion, scrolls horizontally"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keys
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                label
              </th>
              <th scope="colgroup" colSpan={names.length}>
                predicted
              </th>
            </tr>
            <tr>
              {names.map((name) => (
                <th scope="col" title={`predicted ${name}`} key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, actual) => {
              const total = row.reduce((sum, count) => sum + count, 0);
              if (total === 0) return null;
              return (
                <tr key={names[actual]}>
                  <th scope="row" title={names[actual]}>
                    {names[actual]}
                  </th>
                  {row.map((count, predicted) => {
                    const isDiagonal = actual === predicted;
                    const shade = isDiagonal || largest === 0 ? 0 : count / total / largest;
                    return (
                      <td
                        data-diagonal={isDiagonal || undefined}
                        data-zero={count === 0 || undefined}
                        style={{ background: shadeOf(shade) }}
                        title={`${formatPercent(count / total, { decimals: 1 })} of ${names[actual]}`}
                        key={names[predicted]}
                      >
                        {formatCount(count)}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {names.length > 3 && (
        <div className={classes.confused}>
          <DataTable
            label="Most confused"
            rows={confused.slice(0, 5)}
            columns={columns}
            rowKey={({ label, prediction }) => `${label} ${prediction}`}
            density="dense"
          />
        </div>
      )}
      {worst && (
        <p className={classes.notes}>
          {formatPercent(worst.share, { decimals: 1 })} of {worst.label}{" "}
          {worst.prediction === noPrediction ? "have no prediction" : `are predicted ${worst.prediction}`},{" "}
          {formatCount(worst.rows)} of {formatCount(worst.of)}
        </p>
      )}
    </Panel>
  );
}

const columns: Column<Confused>[] = [
  { key: "label", head: "Label", cell: ({ label }) => label },
  { key: "prediction", head: "Predicted", cell: ({ prediction }) => prediction },
  { key: "rows", head: "Rows", align: "right", cell: ({ rows }) => formatCount(rows) },
  { key: "share", head: "Of label", align: "right", cell: ({ share }) => formatPercent(share, { decimals: 1 }) },
];
