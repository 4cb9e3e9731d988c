import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { QualityDetail } from "#server/watch/monitoring/quality/detail/contract.ts";
import classes from "./quality.module.css";

type Confusion = Pick<QualityDetail, "confusion" | "classes" | "hiddenClasses">;

/** Shows the confusion matrix of actual and predicted classes; the colour shows the share of the row, printed next to the count. */
export function ConfusionPanel({ confusion, classes: all, hiddenClasses }: Confusion) {
  if (confusion.length === 0) return null;
  const names = all
    .map(({ name }) => name)
    .filter((name) => confusion.some((cell) => cell.truth === name || cell.answer === name));
  const count = (truth: string, answer: string) =>
    confusion.find((cell) => cell.truth === truth && cell.answer === answer)?.count ?? 0;
  return (
    <Panel
      title="Confusion matrix"
      subtitle={`share of each actual class${hiddenClasses > 0 ? `; ${plural(hiddenClasses, "rare class", "rare classes")} hidden` : ""}`}
      flush
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keys */}
      <section className={classes.matrix} aria-label="Confusion matrix, scrolls horizontally" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Actual class</th>
              {names.map((name) => (
                <th scope="col" key={name}>
                  predicted {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((truth) => {
              const total = names.reduce((sum, answer) => sum + count(truth, answer), 0);
              return (
                <tr key={truth}>
                  <th scope="row">{truth}</th>
                  {names.map((answer) => {
                    const share = total > 0 ? count(truth, answer) / total : 0;
                    return (
                      <td data-right={truth === answer || undefined} key={answer}>
                        <span className={classes.depth} style={{ opacity: share * 0.25 }} aria-hidden="true" />
                        <span className={classes.figure}>
                          {total > 0 ? formatPercent(share, { decimals: 1 }) : "none"}
                          <span className="lw-muted lw-small"> {formatCount(count(truth, answer))}</span>
                        </span>
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}
