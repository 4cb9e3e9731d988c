"use client";

import { Button, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { formatLabelValue } from "#components/improve/labelling/answers/describe-value.ts";
import { colorsOf } from "#components/improve/labelling/class-colors.ts";
import { ChoiceButtons } from "#components/improve/labelling/controls/choice-buttons.tsx";
import controls from "#components/improve/labelling/controls/controls.module.css";
import { QuietButton } from "#components/improve/labelling/controls/quiet-button.tsx";
import { RatingButtons } from "#components/improve/labelling/controls/rating-buttons.tsx";
import { type ComparedGuideline, GuidelineDiff } from "#components/improve/labelling/guidelines/guideline-diff.tsx";
import { digitKeys, type KeyHint, KeyHints } from "#components/improve/labelling/keys/key-hints.tsx";
import { listChoices } from "#components/improve/labelling/keys/label-keys.ts";
import pane from "#components/improve/labelling/session/labeller.module.css";
import { StaticItem } from "#components/improve/labelling/shown/static-item.tsx";
import { Thumb } from "#components/improve/labelling/shown/thumb.tsx";
import { sourceLabels } from "#components/improve/labelling/source-labels.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { BarList } from "#components/ui/bar-list.tsx";
import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { AnswerControl, LabelValue } from "#server/improve/labelling/contract.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import type {
  AskSecondOpinions,
  DecideLabelReview,
  LabelReviewItem,
} from "#server/improve/labelling/reviews/contract.ts";
import type { LabelTask } from "#server/improve/labelling/tasks/contract.ts";
import classes from "./review.module.css";
import { reviewDecision } from "./review-decision.ts";
import { readReviewKey } from "./review-keys.ts";
import { reviewReasonLabels } from "./review-reasons.ts";
import { describeGuidelines, describeNames, describeVotes, listVotes, type Vote } from "./review-votes.ts";

interface ReviewBoardProps {
  project: Wire<LabelProjectDetails>;
  items: Wire<LabelReviewItem>[];
  /** Number of tasks that wait. */
  waiting: number;
  /** Versions of the guidelines, newest first. */
  guidelines: ComparedGuideline[];
  decide: (input: DecideLabelReview) => Promise<ActionState<{ names: [answerId: number, name: string][] }>>;
  askThird: (input: AskSecondOpinions) => Promise<ActionState<unknown>>;
}

/** Renders the review of a project: what waits, the answers side by side, and the decision. */
export function ReviewBoard(props: ReviewBoardProps) {
  const { project, items } = props;
  const [chosen, setChosen] = useState<number>();
  // What was decided leaves the list with the next refresh of the page; it may come back later.
  const [done, setDone] = useState<readonly string[]>([]);
  const [control] = project.config.controls;
  const titles = Object.fromEntries((control?.classes ?? []).map(({ name, title }) => [name, title]));
  const format = (value: LabelValue | null) => formatLabelValue(value, titles);
  const open = items.filter((item) => !done.includes(roundOf(item)));
  const at = Math.max(
    0,
    open.findIndex(({ task }) => task.id === chosen),
  );
  const current = open[at];
  const choose = (index: number) => setChosen(open[Math.min(open.length - 1, Math.max(0, index))]?.task.id);
  if (!control) return null;
  return (
    <div className={pane.board}>
      <div className={pane.left}>
        <div className={pane.paneHead}>
          <h2>To review</h2>
          <span className="lw-muted lw-number">
            {formatCount(Math.max(open.length, props.waiting - (items.length - open.length)))} waiting
          </span>
        </div>
        <ul aria-label="To review">
          {open.map(({ task, answers }, index) => (
            <li key={task.id}>
              <button
                className={classes.entry}
                type="button"
                aria-current={task.id === current?.task.id ? "true" : undefined}
                onClick={(event) => {
                  choose(index);
                  event.currentTarget.blur();
                }}
              >
                <Thumb task={task} objects={project.config.objects} />
                <span>
                  <strong>
                    {describeVotes(
                      answers.map(({ value }) => value),
                      format,
                    )}
                  </strong>
                  <span className="lw-small lw-muted">{task.review ? reviewReasonLabels[task.review] : task.item}</span>
                </span>
                <span className="lw-small lw-quiet">
                  <RelativeTime at={task.updatedAt} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      {current ? (
        <Decision
          {...props}
          control={control}
          item={current}
          titles={titles}
          format={format}
          onMove={(by) => choose(at + by)}
          onDone={() => {
            setChosen(open[at + 1]?.task.id);
            setDone((before) => [...before, roundOf(current)]);
          }}
          key={current.task.id}
        />
      ) : (
        <section className={`${pane.centre} ${pane.wide}`} aria-label="Review">
          <EmptyState title="Nothing to review" action={<Link href={labelProjectHref(project)}>Open the project</Link>}>
            Items appear here when annotators disagree, cannot decide or dispute a gold item, plus a random 5% of
            settled items.
          </EmptyState>
        </section>
      )}
      <section className={pane.keys} aria-label="Keyboard shortcuts">
        <div className={pane.hints}>
          <KeyHints hints={hintsOf(control)} />
        </div>
      </section>
    </div>
  );
}

function hintsOf({ kind, max, classes: choices }: AnswerControl): KeyHint[] {
  const digits = Math.min(9, kind === "ordinal" ? (max ?? 5) : choices.length);
  const hasDigits = kind === "class" || kind === "multilabel" || kind === "ordinal";
  const hasRegions = kind === "boxes" || kind === "spans";
  return [
    ...(hasDigits ? [[digitKeys(digits), "label"] as KeyHint] : []),
    [["A"], "keep A"],
    [["S"], "keep B"],
    [["↵"], "confirm"],
    [["T"], "third label"],
    [["B"], "send back"],
    [["U"], "guidelines unclear"],
    ...(hasRegions ? [[["Space"], `toggle ${kind}`] as KeyHint] : []),
    [["J", "K"], "move"],
  ];
}

/** Names a wait for review: an item that comes back to it has changed since. */
function roundOf({ task }: Wire<LabelReviewItem>): string {
  return `${task.id} ${task.updatedAt}`;
}

interface DecisionProps extends ReviewBoardProps {
  control: AnswerControl;
  item: Wire<LabelReviewItem>;
  titles: Record<string, string>;
  format: (value: LabelValue | null) => string;
  onMove: (by: 1 | -1) => void;
  /** Called once the item is decided. */
  onDone: () => void;
}

const fields = "input:not([type=checkbox], [type=radio]), textarea, select";

function Decision({ project, item, guidelines, control, titles, format, onMove, onDone, ...props }: DecisionProps) {
  const router = useRouter();
  const { task } = item;
  const votes = useMemo(() => listVotes(item.answers), [item]);
  const [value, setValue] = useState<LabelValue | null>(null);
  const [reason, setReason] = useState("");
  const [showsBoxes, setShowsBoxes] = useState(true);
  const [problem, setProblem] = useState<string>();
  const reasonField = useRef<HTMLInputElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const decide = useAction(props.decide);
  const third = useAction(props.askThird);
  const choices = useMemo(() => listChoices(control.classes, {}), [control]);
  const colors = useMemo(() => colorsOf(control.classes), [control]);
  const titleOf = (name: string) => titles[name] ?? name;
  const target = project.config.objects.find(({ name }) => name === control.toName) ?? project.config.objects[0];
  const ratings = control.kind === "ordinal" ? (control.max ?? 5) : 0;
  const isBusy = decide.busy || third.busy;

  function settle(verdict: DecideLabelReview["verdict"], done: string) {
    if (isBusy) return;
    if (verdict === "decided" && value === null) return setProblem("Choose a label first.");
    if (reason.trim() === "") {
      setProblem("Give a reason. It is shown to both annotators.");
      reasonField.current?.focus();
      return;
    }
    setProblem(undefined);
    decide.run(reviewDecision(item, { verdict, value, reason }), ({ names }) => {
      const who = describeNames(votes, new Map(names));
      toast.done(who === "" ? done : `${done} ${who}.`);
      if (verdict === "unclear") router.push(`${labelProjectHref(project, "guidelines")}?examples=${task.id}`);
      else onDone();
    });
  }

  function choose(label: string) {
    setProblem(undefined);
    if (control.kind === "class") setValue({ kind: "class", label });
    if (control.kind !== "multilabel") return;
    const before = value?.kind === "multilabel" ? value.labels : [];
    const labels = before.includes(label) ? before.filter((other) => other !== label) : [...before, label];
    setValue({ kind: "multilabel", labels });
  }

  function keep({ answer }: Vote) {
    setProblem(undefined);
    setValue(answer.value);
    reasonField.current?.focus();
  }

  const canChoose = control.kind === "class" || control.kind === "multilabel";
  const digits =
    control.kind === "ordinal"
      ? Math.min(9, ratings)
      : canChoose
        ? choices.filter(({ digit }) => digit !== null).length
        : 0;

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if (document.querySelector("[role=dialog][aria-modal=true]")) return;
    const element = event.target instanceof HTMLElement ? event.target : undefined;
    const field = element?.closest<HTMLElement>(fields);
    if (field && event.key === "Escape") field.blur();
    if (!field && (event.key === "Enter" || event.key === " ") && element?.closest("button, a")) return;
    if (field === searchField.current && field) return;
    const command = readReviewKey(
      { key: event.key, modKey: event.metaKey || event.ctrlKey, isInField: field !== null && field !== undefined },
      digits,
    );
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    switch (command.kind) {
      case "class": {
        if (control.kind === "ordinal") return setValue({ kind: "ordinal", rating: command.index + 1 });
        const choice = choices.find(({ digit }) => digit === String(command.index + 1));
        return choice && choose(choice.name);
      }
      case "keep": {
        const vote = votes[command.index];
        return vote && keep(vote);
      }
      case "third":
        return askThird();
      case "send-back":
        return settle("sent-back", "Sent back to the annotators.");
      case "unclear":
        return settle("unclear", "Marked as unclear.");
      case "toggle-boxes":
        return setShowsBoxes((before) => !before);
      case "confirm":
        return settle("decided", `Settled as ${format(value)}.`);
      case "move":
        return onMove(command.by);
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);

  function askThird() {
    if (isBusy) return;
    third.run({ projectId: project.id, taskIds: [task.id] }, () => {
      toast.done("Sent to another annotator.");
      onDone();
    });
  }

  return (
    <>
      <section className={pane.centre} aria-label="Review">
        <div className={classes.head}>
          <h1 className={pane.question}>
            {describeVotes(
              votes.map(({ answer }) => answer.value),
              format,
            )}
            ?
          </h1>
          <span className="lw-small lw-muted">names are hidden until you decide</span>
        </div>
        <div className={classes.votes}>
          {votes.slice(0, 5).map((vote) => (
            <article className={classes.vote} aria-label={`Person ${vote.letter}`} key={vote.letter}>
              <header>
                <span>
                  <span className={classes.letter} aria-hidden="true">
                    {vote.letter}
                  </span>
                  Person {vote.letter}
                </span>
                <strong>{format(vote.answer.value)}</strong>
              </header>
              {target && (control.kind === "boxes" || control.kind === "spans") && (
                <StaticItem
                  task={task}
                  object={target}
                  value={showsBoxes ? vote.answer.value : null}
                  titleOf={titleOf}
                  colors={colors}
                />
              )}
              <dl className={classes.facts}>
                <dt>Duration</dt>
                <dd>{vote.answer.spentMs === null ? noValue : formatDuration(vote.answer.spentMs)}</dd>
                <dt>Guidelines</dt>
                <dd>version {vote.answer.guideline}</dd>
                <dt>Note</dt>
                <dd>{vote.answer.note === "" ? "none" : `“${vote.answer.note}”`}</dd>
                {vote.answer.shownPrediction && (
                  <>
                    <dt>Prediction</dt>
                    <dd>was shown</dd>
                  </>
                )}
              </dl>
              {vote.answer.value !== null && (
                <Button variant="default" size="xs" onClick={() => keep(vote)}>
                  Keep {vote.letter}
                </Button>
              )}
            </article>
          ))}
        </div>
        {target && control.kind !== "boxes" && control.kind !== "spans" && (
          <div className={classes.item}>
            {project.config.objects.map((object) => (
              <StaticItem
                task={task}
                object={object}
                value={null}
                titleOf={titleOf}
                colors={colors}
                key={object.name}
              />
            ))}
          </div>
        )}
        <Posteriors votes={votes} stop={project.settings.stop} format={format} />
        {canChoose && (
          <ChoiceButtons
            choices={choices}
            chosen={value?.kind === "class" ? [value.label] : value?.kind === "multilabel" ? value.labels : []}
            onChoose={choose}
            searchField={searchField}
          />
        )}
        {control.kind === "ordinal" && (
          <RatingButtons
            count={ratings}
            chosen={value?.kind === "ordinal" ? value.rating : null}
            onChoose={(rating) => setValue({ kind: "ordinal", rating })}
          />
        )}
        {!canChoose && value !== null && control.kind !== "ordinal" && (
          <p>
            Chosen: <strong>{format(value)}</strong>
          </p>
        )}
        <TextInput
          ref={reasonField}
          label="Reason"
          value={reason}
          error={problem ?? decide.state.error ?? third.state.error}
          maxLength={2000}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div className={controls.actions}>
          <QuietButton letter="T" onClick={askThird}>
            Third label
          </QuietButton>
          <QuietButton letter="B" onClick={() => settle("sent-back", "Sent back to the annotators.")}>
            Send back
          </QuietButton>
          <QuietButton letter="U" onClick={() => settle("unclear", "Marked as unclear.")}>
            Unclear…
          </QuietButton>
          <span data-last>
            <Button
              aria-disabled={isBusy}
              onClick={() => settle("decided", `Settled as ${format(value)}.`)}
              rightSection={<Keys keys={["↵"]} />}
            >
              {value === null ? "Confirm" : `Confirm ${format(value)}`}
            </Button>
          </span>
        </div>
      </section>
      <aside className={pane.right} aria-label="About this item">
        <Predictions task={task} control={control} titleOf={titleOf} />
        <section>
          <h2 className={pane.heading}>About this item</h2>
          <dl className={pane.facts}>
            <dt>Reason</dt>
            <dd>{task.review ? reviewReasonLabels[task.review] : noValue}</dd>
            <dt>Queue</dt>
            <dd>{sourceLabels[task.source]}</dd>
            <dt>Counts towards</dt>
            <dd>{task.selection === "audit" ? "realised rates" : "examples only"}</dd>
            {item.gold && (
              <>
                <dt>Gold label</dt>
                <dd>{format(item.gold)}</dd>
              </>
            )}
            {item.consensus && (
              <>
                <dt>Settled as</dt>
                <dd>{format(item.consensus.value)}</dd>
              </>
            )}
            <dt>Item</dt>
            <dd>{task.item}</dd>
          </dl>
        </section>
        <ChangedPart votes={votes} guidelines={guidelines} href={labelProjectHref(project, "guidelines")} />
        {item.reviews.length > 0 && (
          <section>
            <h2 className={pane.heading}>Reviews</h2>
            {item.reviews.map((review) => (
              <p className={pane.definition} key={review.id}>
                <strong>
                  {review.value ? format(review.value) : review.verdict === "unclear" ? "unclear" : "sent back"}
                </strong>{" "}
                by {review.reviewer}, <RelativeTime at={review.createdAt} />: {review.reason}
              </p>
            ))}
          </section>
        )}
        <section className={pane.card}>
          <strong>A review overrides votes.</strong>
          <p className="lw-muted">Annotators see the label with your name and reason.</p>
        </section>
      </aside>
    </>
  );
}

/** The label that led after each answer, and how probable it was. */
function Posteriors({ votes, stop, format }: { votes: Vote[]; stop: number; format: DecisionProps["format"] }) {
  if (!votes.some(({ answer }) => answer.posterior !== null)) return null;
  return (
    <Panel title="Consensus posterior" subtitle={`from each person’s accuracy; settles at ${formatPercent(stop)}`}>
      <BarList
        label="Posterior after each answer"
        bars={votes.map(({ letter, answer }) => ({
          label: `after ${letter}: ${answer.leading ? format(answer.leading) : noValue}`,
          value: answer.posterior,
          highlighted: (answer.posterior ?? 0) >= stop,
        }))}
      />
    </Panel>
  );
}

/** The model's probabilities, which only reviewers see before the item is settled. */
function Predictions({
  task,
  control,
  titleOf,
}: {
  task: Wire<LabelTask>;
  control: AnswerControl;
  titleOf: (name: string) => string;
}) {
  const { probabilities } = task;
  if (probabilities === null || probabilities.length !== control.classes.length) return null;
  const rows = control.classes
    .map(({ name }, index) => ({ name, probability: probabilities[index] ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, 4);
  return (
    <section className={pane.under}>
      <h2 className={pane.heading}>Prediction</h2>
      <p className="lw-small lw-muted">Reviewers only; not counted as a vote.</p>
      <BarList
        label="Prediction"
        bars={rows.map(({ name, probability }) => ({ label: titleOf(name), value: probability }))}
      />
    </section>
  );
}

/** What changed in the guidelines since the oldest answer. */
function ChangedPart({ votes, guidelines, href }: { votes: Vote[]; guidelines: ComparedGuideline[]; href: string }) {
  const [current] = guidelines;
  const oldest = Math.min(...votes.map(({ answer }) => answer.guideline));
  const before = guidelines.find(({ version }) => version === oldest);
  if (!current || !before || before.version === current.version) return null;
  return (
    <section className={pane.under}>
      <h2 className={pane.heading}>
        Guidelines, changed part <Link href={href}>version {current.version}</Link>
      </h2>
      <GuidelineDiff before={before} after={current} />
      <p className="lw-small lw-muted">{describeGuidelines(votes, current.version)}</p>
    </section>
  );
}
