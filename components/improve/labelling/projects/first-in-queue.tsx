import { Thumb } from "#components/improve/labelling/shown/thumb.tsx";
import { sourceLabels } from "#components/improve/labelling/source-labels.ts";
import { formatNumber, truncateMiddle } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { RankFactors, ShownObject } from "#server/improve/labelling/contract.ts";
import type { FirstInQueue as First } from "#server/improve/labelling/queue/contract.ts";
import classes from "./projects.module.css";

/** Shows the item that comes next, and the factors of its place. */
export function FirstInQueue({ first, objects }: { first: First; objects: readonly ShownObject[] }) {
  return (
    <Panel title="First in queue" subtitle={sourceLabels[first.source].toLowerCase()}>
      <div className={classes.first}>
        <div className={classes.firstItem}>
          <Thumb task={first} objects={objects} />
          <span title={first.item}>{truncateMiddle(first.item, 32)}</span>
        </div>
        {first.factors ? (
          <Factors factors={first.factors} reason={first.reason} />
        ) : (
          <p className="lw-muted">No ranking factors: imported items are served in import order.</p>
        )}
      </div>
    </Panel>
  );
}

function Factors({ factors, reason }: { factors: RankFactors; reason: string }) {
  const { gain, drift, weight, twins, drifted = [] } = factors;
  const order = (gain * drift * weight) / (1 + twins);
  const lines: [name: string, value: number, why: string][] = [
    ["gain", gain, reason],
    ["drift", drift, drift > 1 ? drifted.join(", ") || "values more frequent than in the reference" : "no drift"],
    ["weight", weight, weight === 1 ? "no weight" : "by its weight field"],
    ["twins", twins, twins === 0 ? "no near duplicate ahead of it" : "near duplicates ahead of it"],
    ["order", order, `${[gain, drift, weight].map((each) => formatNumber(each)).join(" × ")} / ${1 + twins}`],
  ];
  return (
    <table className={classes.factors} aria-label="Ranking factors">
      <tbody>
        {lines.map(([name, value, why]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="lw-number">{formatNumber(value)}</td>
            <td className="lw-muted">{why}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
