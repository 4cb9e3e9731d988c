import type { ReactNode } from "react";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { ReviewSection } from "#server/report/reports/reviews/contract.ts";
import classes from "./reviews.module.css";

/** Shows one section of a review: what to review, and whether someone has. @param children the tick */
export function ReviewPanel({ section, children }: { section: ReviewSection; children: ReactNode }) {
  const { item, title, task, nothing, rows, total, tick } = section;
  return (
    <Panel
      id={item}
      title={title}
      subtitle={task}
      right={<StatusBadge state={tick ? "finished" : "not-started"}>{tick ? "Reviewed" : "To review"}</StatusBadge>}
      flush
    >
      {rows.length === 0 ? (
        <p className={classes.none}>{nothing}</p>
      ) : (
        <ul>
          {rows.map(({ words, aside, state, href }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: words may repeat
            <li className={classes.row} key={index}>
              <StatusShape state={state} />
              <Link href={href}>{words}</Link>
              <span className={classes.aside}>{aside}</span>
            </li>
          ))}
          {total > rows.length && <li className={classes.none}>{plural(total - rows.length, "more row")}</li>}
        </ul>
      )}
      {children}
    </Panel>
  );
}
