import { materialisationHref } from "#components/develop/addresses/materialisation-href.ts";
import { workStates } from "#components/develop/features/work-state.ts";
import { formatCount, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import classes from "./watch.module.css";

/** Renders the last materialisations of a view. */
export function ViewWorkPanel({ work, view }: { work: Materialisation[]; view: string }) {
  return (
    <Panel
      title="Materialisations"
      right={<Link href={`/features/materialisations?view=${encodeURIComponent(view)}`}>All</Link>}
    >
      <ul className={classes.work}>
        {work.map(({ id, state, createdAt, rowsRead, rowsTotal, problem }) => (
          <li key={id} title={problem ?? undefined}>
            <Link href={materialisationHref(id)}>
              <RelativeTime at={createdAt} />
            </Link>
            <StatusBadge state={workStates[state].state}>{workStates[state].word}</StatusBadge>
            <span className="lw-number">
              {state === "running" && rowsTotal !== null ? `${formatCount(rowsRead)} of ` : ""}
              {plural(state === "running" ? (rowsTotal ?? rowsRead) : rowsRead, "row")}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
