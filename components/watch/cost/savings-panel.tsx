import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Saving } from "#server/watch/cost/savings/contract.ts";
import { money } from "./money-text.ts";
import classes from "./savings-panel.module.css";

const most = 5;

/** Ways to spend less, the largest first; each says on hover what it rests on. */
export function SavingsPanel({ savings, currency }: { savings: readonly Saving[]; currency: string | null }) {
  return (
    <Panel title="Savings opportunities" subtitle="based on four weeks, checked against SLOs">
      {savings.length === 0 ? (
        <EmptyState title="No savings found">
          Versions, batching, repeated requests and idle machines are analysed once there is enough data.
        </EmptyState>
      ) : (
        <ul className={classes.list}>
          {savings.slice(0, most).map(({ subject, words, basis, perMonth, href, kind, objectives }) => (
            <li className={classes.item} key={`${kind} ${subject}`} title={basis}>
              <Link className={classes.subject} href={href}>
                {subject}
              </Link>
              <strong className={`${classes.sum} lw-number`}>{money(perMonth, currency)}</strong>
              <span className={classes.words}>{words}</span>
              <span className={`${classes.words} ${classes.sum}`}>per month</span>
              {objectives && (
                <span className={classes.objectives}>
                  <StatusShape state={objectives.breaks ? "missed" : "watch"} /> {objectives.words}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
