import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { ReportRisk } from "#server/report/reports/contract.ts";
import classes from "./risks-panel.module.css";

/** Lists the risks with their owners; risks without an owner are marked. */
export function RisksPanel({ risks }: { risks: readonly ReportRisk[] }) {
  return (
    <Panel title="Risks" subtitle="most urgent first" flush>
      {risks.length === 0 ? (
        <p className={classes.none}>No exhausted error budgets, overdue actions or open findings.</p>
      ) : (
        <ul className={classes.list}>
          {risks.map(({ words, owner, dueOn, state, href }) => (
            <li className={classes.risk} key={`${href} ${words}`}>
              <StatusShape state={state} />
              <span className={classes.words} title={words}>
                <Link className={classes.link} href={href}>
                  {words}
                </Link>{" "}
                <span className={classes.owner}>
                  {owner ?? "unassigned"}
                  {dueOn && `, due ${dueOn}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
