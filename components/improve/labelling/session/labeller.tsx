"use client";

import { Button, Drawer, Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import { alikeHref, labelProjectHref, workPath } from "#components/improve/labelling/addresses.ts";
import { formatLabelValue } from "#components/improve/labelling/answers/describe-value.ts";
import { GuidelineDiff } from "#components/improve/labelling/guidelines/guideline-diff.tsx";
import { GuidelineHandle } from "#components/improve/labelling/guidelines/guideline-handle.tsx";
import { GuidelineText } from "#components/improve/labelling/guidelines/guideline-text.tsx";
import { useSeenGuideline } from "#components/improve/labelling/guidelines/use-seen-guideline.ts";
import { type LabelCommand, listChoices } from "#components/improve/labelling/keys/label-keys.ts";
import { sourceLabels, sourceOrder } from "#components/improve/labelling/source-labels.ts";
import { useRefresh } from "#components/shell/refresh.tsx";
import { plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { TaskSource } from "#server/improve/labelling/contract.ts";
import type { Guideline } from "#server/improve/labelling/guidelines/contract.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import { GoldCard, GuidelineExcerpt, ItemFacts, PredictionsCard, RecentList } from "./aside.tsx";
import { HiddenFieldsCard, ShowFieldDialog } from "./hidden-fields.tsx";
import { LabelKeyBar } from "./key-bar.tsx";
import classes from "./labeller.module.css";
import { type OwnNumbers, QueuesPane } from "./queues-pane.tsx";
import type { QueueEnd } from "./session.ts";
import { TaskEditor } from "./task-editor.tsx";
import { type Alike, useAlike } from "./use-alike.ts";
import { type Labelling, useLabelling } from "./use-labelling.ts";
import { requestWork } from "./work.ts";

interface LabellerProps {
  project: Wire<LabelProjectDetails>;
  /** Workspace and person: whose answers this browser keeps. */
  person: string;
  actorName: string;
  queue: TaskSource | null;
  own: OwnNumbers | null;
  /** Newest first; the first is in effect. */
  guidelines: Wire<Guideline>[];
  /** How often people answered each class. */
  frequencies: Record<string, number>;
}

/** Renders the labelling page: queues, the item with its choices, what is known of it, and the keys. */
export function Labeller({ project, person, actorName, queue, own, guidelines, frequencies }: LabellerProps) {
  const router = useRouter();
  const owner = `${person}/${project.id}`;
  const labelling = useLabelling({
    path: workPath(project.id),
    owner,
    queue,
    objects: project.config.objects,
  });
  const isNarrow = useMediaQuery("(max-width: 1023px)");
  const [isReading, setIsReading] = useState(false);
  const [asked, setAsked] = useState<string>();
  const [isChoosing, setIsChoosing] = useState(false);
  // Later renderings of the page count what was answered here, too.
  const [ownAtFirst] = useState(own);
  const { session, gold } = labelling;
  const [held] = session.held;
  const [control] = project.config.controls;
  const [current] = guidelines;
  const titles = Object.fromEntries((control?.classes ?? []).map(({ name, title }) => [name, title]));
  const hrefOf = (source: TaskSource | null) =>
    labelProjectHref(project, "label") + (source === null ? "" : `?queue=${source}`);

  const refresh = useRefresh();
  const isOutdated = held !== undefined && current !== undefined && held.task.guideline > current.version;
  // The counts say what is left when the queue has nothing more.
  const isEmpty = session.end?.kind === "empty";
  useEffect(() => {
    if (isOutdated || isEmpty) void refresh();
  }, [isOutdated, isEmpty, refresh]);

  const alike = useAlike(workPath(project.id), session);

  function act(command: LabelCommand): boolean {
    if (command.kind === "alike") {
      if (!alike) return false;
      router.push(alikeHref(project, alike.groupKey));
      return true;
    }
    if (command.kind === "guidelines") setIsReading(true);
    else if (command.kind === "queues") setIsChoosing(true);
    else if (command.kind === "queue") {
      const known = project.counts.bySource.map(({ source }) => source);
      const queues = [null, ...sourceOrder.filter((source) => known.includes(source))];
      const at = queues.indexOf(queue);
      router.replace(hrefOf(queues[(at + command.by + queues.length) % queues.length] ?? null), { scroll: false });
    } else return false;
    return true;
  }

  usePageKey(held === undefined ? "Z" : undefined, labelling.undo);

  if (!control) return null;
  const mayShow = project.settings.showPredictions && (control.kind === "boxes" || control.kind === "spans");
  const canShowPredictions = mayShow && held?.task.isBlind === false;
  const queues = (
    <QueuesPane
      counts={project.counts.bySource}
      queue={queue}
      hrefOf={hrefOf}
      own={ownAtFirst}
      answeredNow={session.recent.length}
    />
  );
  const notice = (
    <>
      <Notices labelling={labelling} onQueues={() => setIsChoosing(true)} />
      {alike && <AlikeNotice alike={alike} href={alikeHref(project, alike.groupKey)} titles={titles} />}
    </>
  );
  return (
    <div className={classes.board}>
      <div className={classes.left}>{queues}</div>
      {held ? (
        <TaskEditor
          config={project.config}
          control={control}
          held={held}
          frequencies={frequencies}
          loadPrediction={
            canShowPredictions
              ? () => requestWork<"prediction">(workPath(project.id), { kind: "prediction", taskId: held.task.id })
              : undefined
          }
          onAnswer={labelling.answer}
          onUndo={labelling.undo}
          onSkip={labelling.skip}
          onCommand={act}
          onShow={setAsked}
          notice={notice}
          aside={
            <>
              {gold && <GoldCard gold={gold} titles={titles} onClose={labelling.closeGold} />}
              <PredictionsCard canShow={canShowPredictions} isKept={mayShow && held.task.isBlind} />
              <HiddenFieldsCard fields={held.task.hiddenFields} onShow={setAsked} />
              <ItemFacts task={held.task} />
              <RecentList recent={session.recent} titles={titles} objects={project.config.objects} />
              {current && (
                <GuidelineExcerpt
                  version={current.version}
                  definitions={current.classes}
                  titles={titles}
                  onOpen={() => setIsReading(true)}
                />
              )}
            </>
          }
          key={held.task.id}
        />
      ) : (
        <section className={`${classes.centre} ${classes.wide}`} aria-label="Item">
          {notice}
          <NothingToLabel project={project} end={session.end} queue={queue} labelling={labelling} />
          {session.end && session.recent.length > 0 && (
            <div>
              <Button
                variant="default"
                leftSection={<IconArrowBackUp size={15} stroke={1.7} aria-hidden="true" />}
                onClick={labelling.undo}
                rightSection={<Keys keys={["Z"]} />}
              >
                Undo the last label
              </Button>
            </div>
          )}
        </section>
      )}
      <LabelKeyBar
        taskKind={control.kind}
        choices={
          control.kind === "ordinal"
            ? Math.min(9, control.max ?? 5)
            : listChoices(control.classes, frequencies).filter(({ digit }) => digit !== null).length
        }
        hasPicture={project.config.objects.some(({ kind }) => kind === "image")}
        hasRow={project.config.objects.some(({ kind }) => kind === "row")}
      />
      {current && <GuidelineHandle version={current.version} onOpen={() => setIsReading(true)} />}
      <Drawer opened={isChoosing} onClose={() => setIsChoosing(false)} title="Queues" size={300} padding={0}>
        {queues}
      </Drawer>
      {current && (
        <Drawer
          opened={isReading}
          onClose={() => setIsReading(false)}
          title={`Guidelines, version ${current.version}`}
          position={isNarrow ? "bottom" : "right"}
          size={isNarrow ? "70dvh" : 480}
        >
          <GuidelineText text={current.text} classes={current.classes} titleOf={(name) => titles[name] ?? name} />
        </Drawer>
      )}
      <ShowFieldDialog
        field={asked}
        item={held?.task.item ?? ""}
        actorName={actorName}
        onClose={() => setAsked(undefined)}
        onConfirm={labelling.show}
      />
      <ChangedGuidelines owner={owner} guidelines={guidelines} />
    </div>
  );
}

interface NoticesProps {
  labelling: Labelling;
  onQueues: () => void;
}

/** Renders what the person should know besides the item: the network, refused labels, an ended lease. */
function Notices({ labelling, onQueues }: NoticesProps) {
  const { session, sending } = labelling;
  const waiting = sending.kept - sending.refused.length;
  return (
    <>
      <div className={classes.drawerButton}>
        <Button variant="default" size="xs" onClick={onQueues} rightSection={<Keys keys={["Q"]} />}>
          Queues
        </Button>
      </div>
      {sending.isOffline && (
        <div className={classes.notice} role="status">
          <StatusShape state="watch" />
          Could not reach Leeway. {plural(waiting, "label")} stored here; labelling continues.
        </div>
      )}
      {sending.problem !== undefined && (
        <div className={classes.notice} role="status">
          <StatusShape state="watch" />
          {sending.problem} {plural(waiting, "label")} stored here.
        </div>
      )}
      {sending.refused.map((refused) => (
        <div className={classes.notice} role="alert" key={`${refused.answer.key} ${refused.answer.at}`}>
          <StatusShape state="missed" />
          <span>A label was not accepted: {refused.problem}</span>
          {session.recent.some(({ task }) => task.id === refused.answer.body.taskId) && (
            <Button variant="default" size="xs" onClick={() => labelling.edit(refused)}>
              Edit
            </Button>
          )}
          <Button variant="default" size="xs" onClick={() => labelling.discard(refused)}>
            Discard
          </Button>
        </div>
      ))}
      {session.held[0]?.isLapsed && (
        <div className={classes.notice} role="status">
          <StatusShape state="watch" />
          The lease of this item has expired. Your label is stored as an additional label.
        </div>
      )}
    </>
  );
}

/** Offers to label alike items at once. */
function AlikeNotice({ alike, href, titles }: { alike: Alike; href: string; titles: Record<string, string> }) {
  return (
    <div className={classes.offer} role="status">
      <span>
        {plural(alike.waiting, "alike item waits", "alike items wait")}; the first labels are{" "}
        <strong>{formatLabelValue(alike.label, titles)}</strong>.
      </span>
      <Button component={Link} href={href} variant="default" size="xs" rightSection={<Keys keys={["A"]} />}>
        Label them together
      </Button>
    </div>
  );
}

interface NothingToLabelProps {
  project: LabellerProps["project"];
  end: QueueEnd | undefined;
  queue: TaskSource | null;
  labelling: Labelling;
}

/** Renders why there is no item: loading, all done, leased by others, paused, or a failure. */
function NothingToLabel({ project, end, queue, labelling }: NothingToLabelProps) {
  if (!end) {
    return (
      <div className={classes.things} role="status">
        <span className="lw-hidden">Loading the next item</span>
        <Skeleton width="60%" height={22} />
        <Skeleton height={320} />
        <Skeleton height={38} />
      </div>
    );
  }
  const retry = (
    <Button variant="default" size="xs" onClick={labelling.retry}>
      Look again
    </Button>
  );
  const home = <Link href={labelProjectHref(project)}>Open the project</Link>;
  if (end.kind === "failed") {
    return (
      <FailedState title="Could not load the next item" action={retry}>
        {end.problem} Retrying…
      </FailedState>
    );
  }
  if (end.kind === "paused") {
    return (
      <EmptyState title="Labelling is paused" action={home}>
        {end.reason} Someone with the operator role can resume it.
      </EmptyState>
    );
  }
  if (end.heldByOthers > 0) {
    return (
      <EmptyState title="No items" action={retry}>
        {`${plural(end.heldByOthers, "item is", "items are")} leased by others. The queue is checked every 15 s.`}
      </EmptyState>
    );
  }
  const { open } = project.counts;
  const hasLabelled = project.counts.answers > 0 || labelling.session.recent.length > 0;
  if (queue !== null) {
    return (
      <EmptyState
        title={`No items in “${sourceLabels[queue]}”`}
        action={<Link href={labelProjectHref(project, "label")}>Label from all queues</Link>}
      />
    );
  }
  return (
    <EmptyState title={hasLabelled ? "Done" : "No items yet"} action={home}>
      {hasLabelled
        ? open > 0
          ? "You have labelled all items available to you. The rest needs other annotators."
          : "Everything in this project is labelled."
        : "Add items from an endpoint, a dataset version or an import."}
    </EmptyState>
  );
}

/** Shows once what changed in the guidelines since this person labelled here last. */
function ChangedGuidelines({ owner, guidelines }: { owner: string; guidelines: Wire<Guideline>[] }) {
  const [seen, note] = useSeenGuideline(owner);
  const [current] = guidelines;
  const before = guidelines.find(({ version }) => version === seen);
  const hasChanged = current !== undefined && before !== undefined && before.version < current.version;
  const noteFirst = useEffectEvent(() => {
    if (current && seen !== undefined && !hasChanged && seen !== current.version) note(current.version);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: who labels here for the first time has nothing to compare
  useEffect(() => noteFirst(), [seen]);
  if (!hasChanged) return null;
  return (
    <Modal opened onClose={() => note(current.version)} title="The guidelines have changed" size={640}>
      <div className={classes.things}>
        <p className="lw-muted">
          Version {current.version}
          {current.reason !== "" && `: ${current.reason}`}
        </p>
        <GuidelineDiff before={before} after={current} />
        <div>
          <Button data-autofocus onClick={() => note(current.version)}>
            Continue
          </Button>
        </div>
      </div>
    </Modal>
  );
}
