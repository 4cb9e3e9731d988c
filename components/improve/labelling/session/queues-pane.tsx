import { sourceLabels, sourceOrder, sourceReasons } from "#components/improve/labelling/source-labels.ts";
import { formatCount, formatCountOf, formatPercent, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import type { TaskSource } from "#server/improve/labelling/contract.ts";
import classes from "./labeller.module.css";

/** What a person has done in a project so far. */
export interface OwnNumbers {
  answered: number;
  /** Median time per label in milliseconds; null without one. */
  medianMs: number | null;
  compared: number;
  agreed: number;
  goldSeen: number;
  goldCorrect: number;
}

interface QueuesPaneProps {
  counts: readonly { source: TaskSource; open: number }[];
  /** Null for all queues. */
  queue: TaskSource | null;
  hrefOf: (queue: TaskSource | null) => string;
  /** Null before the first answer. */
  own: OwnNumbers | null;
  /** Answers since the page was opened. */
  answeredNow: number;
}

/** Renders the queues with their counts, and the person's own numbers. */
export function QueuesPane({ counts, queue, hrefOf, own, answeredNow }: QueuesPaneProps) {
  const all = counts.reduce((sum, { open }) => sum + open, 0);
  const shown = sourceOrder.filter((source) => source === queue || counts.some((each) => each.source === source));
  return (
    <>
      <div className={classes.paneHead}>
        <h2>Queues</h2>
        <span className="lw-muted lw-number">{formatCount(all)} open</span>
      </div>
      <nav aria-label="Queues">
        <QueueLink
          href={hrefOf(null)}
          isCurrent={queue === null}
          name="All"
          count={all}
          reason="in the project’s order"
        />
        {shown.map((source) => (
          <QueueLink
            href={hrefOf(source)}
            isCurrent={queue === source}
            name={sourceLabels[source]}
            count={counts.find((each) => each.source === source)?.open ?? 0}
            reason={sourceReasons[source]}
            key={source}
          />
        ))}
      </nav>
      <section className={classes.numbers}>
        <h2>Yours</h2>
        <dl>
          <Line name="Labelled by you" value={formatCount((own?.answered ?? 0) + answeredNow)} />
          {own && (
            <>
              <Line name="Median pace" value={own.medianMs === null ? noValue : formatDuration(own.medianMs)} />
              <Line
                name="Agreement"
                value={own.compared === 0 ? noValue : formatPercent(own.agreed / own.compared, { decimals: 0 })}
              />
              <Line
                name="Gold accuracy"
                value={own.goldSeen === 0 ? noValue : formatCountOf(own.goldCorrect, own.goldSeen)}
              />
            </>
          )}
        </dl>
      </section>
    </>
  );
}

interface QueueLinkProps {
  href: string;
  isCurrent: boolean;
  name: string;
  count: number;
  reason: string;
}

function QueueLink({ href, isCurrent, name, count, reason }: QueueLinkProps) {
  return (
    <Link className={classes.queue} href={href} aria-current={isCurrent ? "page" : undefined} replace scroll={false}>
      <span>
        <strong>{name}</strong>
        <span className="lw-number">{formatCount(count)}</span>
      </span>
      <span className="lw-small lw-muted">{reason}</span>
    </Link>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="lw-number">{value}</dd>
    </div>
  );
}
