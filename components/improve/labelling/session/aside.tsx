import { Button } from "@mantine/core";
import { formatLabelValue } from "#components/improve/labelling/answers/describe-value.ts";
import { Thumb } from "#components/improve/labelling/shown/thumb.tsx";
import { sourceLabels } from "#components/improve/labelling/source-labels.ts";
import { formatNumber, truncateMiddle } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { GuidelineClass, ShownObject } from "#server/improve/labelling/contract.ts";
import classes from "./labeller.module.css";
import type { HeldTask, RecentAnswer } from "./session.ts";
import type { GoldFeedback } from "./work.ts";

/** What the answer to a gold item should have been, shown once. */
export function GoldCard({
  gold,
  titles,
  onClose,
}: {
  gold: GoldFeedback;
  titles: Record<string, string>;
  onClose: () => void;
}) {
  return (
    <section className={classes.card} role="status">
      <StatusBadge state={gold.isCorrect ? "on-target" : "missed"}>
        {gold.isCorrect ? "Gold item, correct" : "Gold item, incorrect"}
      </StatusBadge>
      <p>
        {gold.isCorrect ? "The last item was a gold item." : "The gold label of the last item is different: "}
        {!gold.isCorrect && <strong>{formatLabelValue(gold.expected, titles)}</strong>}
      </p>
      {gold.explanation !== "" && <p className="lw-muted">{gold.explanation}</p>}
      <Button variant="default" size="xs" onClick={onClose}>
        Close
      </Button>
    </section>
  );
}

/** Says whether predictions can be looked at, and why not. @param isKept whether only this item hides them */
export function PredictionsCard({ canShow, isKept }: { canShow: boolean; isKept: boolean }) {
  return (
    <section className={classes.card}>
      <strong>Predictions are hidden</strong>
      <p className="lw-muted">
        {canShow
          ? "Label first. Labels given after showing predictions are marked, and 10% of items never show them."
          : isKept
            ? "This item never shows predictions, so that annotators and model can be compared."
            : "You label without predictions to avoid bias."}
      </p>
    </section>
  );
}

/** What is known of the item; nothing of it reveals a prediction. */
export function ItemFacts({ task }: { task: HeldTask["task"] }) {
  return (
    <section>
      <h2 className={classes.heading}>About this item</h2>
      <dl className={classes.facts}>
        <dt>Reason</dt>
        <dd>{task.reason || sourceLabels[task.source].toLowerCase()}</dd>
        {task.priority && (
          <>
            <dt>Priority</dt>
            <dd>{describePriority(task.priority)}</dd>
          </>
        )}
        <dt>Item</dt>
        <dd title={task.item}>{truncateMiddle(task.item, 24)}</dd>
        {task.requestId !== null && (
          <>
            <dt>Request</dt>
            <dd title={task.requestId}>{truncateMiddle(task.requestId, 18)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function describePriority({ drift, weight, drifted }: NonNullable<HeldTask["task"]["priority"]>): string {
  const parts = [
    drift > 1 && `drift ×${formatNumber(drift)}${drifted.length > 0 ? ` (${drifted.join(", ")})` : ""}`,
    weight !== 1 && `weight ×${formatNumber(weight)}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "normal: no drift, no weight";
}

interface RecentListProps {
  recent: readonly RecentAnswer[];
  titles: Record<string, string>;
  objects: readonly ShownObject[];
}

/** The last answers of this page, newest first. */
export function RecentList({ recent, titles, objects }: RecentListProps) {
  if (recent.length === 0) return null;
  return (
    <section>
      <h2 className={classes.heading}>Recent</h2>
      <ul className={classes.recent}>
        {recent
          .slice(-5)
          .toReversed()
          .map(({ task, value, at, isSurplus }) => (
            <li key={task.id}>
              <Thumb task={task} objects={objects} />
              <span>
                <strong>{formatLabelValue(value, titles)}</strong>
                {isSurplus && <span className="lw-small lw-muted">stored as an additional label</span>}
              </span>
              <span className="lw-small lw-quiet">
                <RelativeTime at={at} />
              </span>
            </li>
          ))}
      </ul>
    </section>
  );
}

interface GuidelineExcerptProps {
  version: number;
  definitions: readonly GuidelineClass[];
  titles: Record<string, string>;
  onOpen: () => void;
}

/** The definitions of the classes, in short, and the way to the whole text. */
export function GuidelineExcerpt({ version, definitions, titles, onOpen }: GuidelineExcerptProps) {
  return (
    <section>
      <h2 className={classes.heading}>
        Guidelines
        <button className={classes.link} type="button" onClick={onOpen}>
          version {version}
        </button>
      </h2>
      {definitions
        .filter(({ definition }) => definition !== "")
        .slice(0, 4)
        .map(({ name, definition }) => (
          <p className={classes.definition} key={name}>
            <strong>{titles[name] ?? name}</strong>: {definition}
          </p>
        ))}
    </section>
  );
}
