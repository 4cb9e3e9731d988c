"use client";

import { ActionIcon, Button } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconList } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { retrainHref } from "#components/improve/retraining/addresses.ts";
import { onCallCrumb } from "#components/respond/oncall/on-call-tabs.tsx";
import { RangeControl, type RangeMoment } from "#components/serve/endpoints/range-control.tsx";
import { timeRanges } from "#components/serve/endpoints/time-range.ts";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { Page } from "#components/shell/page.tsx";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { HelpLink } from "#components/ui/help-link.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { lazyDialog, OnceOpened } from "#components/ui/lazy-dialog.tsx";
import { LazyDrawer } from "#components/ui/lazy-modal.tsx";
import { useNow } from "#components/ui/now.tsx";
import { FailedState, StaleLine } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { TriageAct } from "#server/respond/triage/advice/contract.ts";
import type { Queue } from "#server/respond/triage/contract.ts";
import { ActPane, type Block, verdictKeys } from "./actions/act-pane.tsx";
import { RunbookSection, stepsOf, useRunbook } from "./actions/runbook-section.tsx";
import classes from "./board.module.css";
import type { BoardActions, Chosen, NextShift, Person, Row, Shift, Viewer } from "./board-types.ts";
import { type BoardView, boardRange, lineOf, nextAfter } from "./board-view.ts";
import { CentrePane } from "./details/centre-pane.tsx";
import { NothingFires } from "./empty-queue.tsx";
import { KeyBar } from "./key-bar.tsx";
import { ThumbBar } from "./mobile-action-bar.tsx";
import { QueuePane } from "./queue/queue-pane.tsx";
import { useActs } from "./use-acts.ts";
import { neighbour, show, showAddress, useBoard } from "./use-board.ts";

const ActDialog = lazyDialog(() => import("./actions/act-dialog.tsx").then((module) => module.ActDialog));

interface BoardProps {
  queue: Wire<Queue>;
  chosen: Chosen | undefined;
  view: BoardView;
  actions: BoardActions;
  viewer: Viewer;
  people: Person[];
  shift: Shift;
  nextShift: NextShift;
}

/** Renders the triage board: the queue, the details of the selected line, and its actions. Designed for the keyboard. */
export function Board(props: BoardProps) {
  const { viewer, people, shift } = props;
  const { view, queue, rows, chosen: found, chosenId, before } = useBoard(props);
  const chosen = found.data;
  const acts = useActs(props.actions, chosen);
  const router = useRouter();
  const [confirming, setConfirming] = useState<TriageAct>();
  const [unblocking, setUnblocking] = useState<Block>();
  const [isDrawn, setDrawn] = useState(false);
  const now = useNow(10_000);
  const shown = boardRange(view, chosen?.endpoint?.deployedAt ?? undefined, now);
  const isFixed = shown.fixed !== undefined && view.range.since === undefined;
  const go = (href: string, isReplacing = false) => showAddress(href, !isReplacing);
  const zoom = useRangeZoom(false, go);
  const runbook = useRunbook(chosen?.runbook);
  const first = queue.data?.pages[0];
  const index = rows.findIndex(({ id }) => id === chosenId);

  function choose(row: Row | undefined) {
    if (!row) return;
    setDrawn(false);
    show({ ...view, ...lineOf(row) }, true);
  }
  /** Selects the next line after the selected one has left the queue. */
  function chooseNext() {
    const next = nextAfter(
      before.current,
      rows.filter(({ id }) => id !== chosenId),
      chosenId ?? "",
    );
    show({ ...view, ...(next ? lineOf(next) : { groupId: undefined, incident: undefined }) });
  }
  function start(act: TriageAct) {
    const action = chosen?.actions.find((each) => each.act === act);
    if (!action || action.off !== null || viewer.why[act]) return;
    if (act === "acknowledge") void acts.acknowledge().then((isDone) => isDone && focusChart());
    else if (act === "retrain" && chosen?.retrainedModel) router.push(retrainHref(chosen.retrainedModel));
    else if (action.asks) setConfirming(act);
  }
  function tickNext() {
    const next = stepsOf(runbook.data).find(({ tick }) => tick === null);
    if (next && chosen?.runbook && !viewer.why.tick) {
      void acts.tick({ runbookId: chosen.runbook.id, subjectId: chosen.runbook.subjectId }, next.step, true);
    }
  }
  usePageKeys((key) => {
    const verdict = verdictKeys.find((each) => each.key === key);
    const act = chosen?.actions.find((each) => each.key.toLowerCase() === key);
    if (key === "j" || key === "ArrowDown") choose(neighbour(rows, chosenId, 1));
    else if (key === "k" || key === "ArrowUp") choose(neighbour(rows, chosenId, -1));
    else if (key === "Home") choose(rows[0]);
    else if (key === "End") choose(rows.at(-1));
    else if (key === "m") show({ ...view, filter: view.filter === "mine" ? "all" : "mine", team: undefined });
    else if (key === "q") setDrawn(true);
    else if (key === "x") tickNext();
    else if (verdict) viewer.why.verdict === undefined && void acts.verdict(verdict.value);
    else if (act) start(act.act);
    else return false;
    return true;
  });
  usePaletteActions(
    // biome-ignore lint/correctness/useExhaustiveDependencies: the names say when the choices are others
    useMemo(
      () =>
        (chosen?.actions ?? [])
          .filter(({ off }) => off === null)
          .map(({ act, label, key }) => ({ id: `triage-${act}`, label, keys: [key], onRun: () => start(act) })),
      [chosen?.actions.map(({ act, label, off }) => `${act} ${label} ${off}`).join("|")],
    ),
  );

  const pane = (
    <QueuePane
      rows={rows}
      first={first}
      chosenId={chosenId}
      filter={view.filter}
      team={view.team}
      onTab={(tab) => show({ ...view, ...tab })}
      onChoose={choose}
      onMore={() => queue.hasNextPage && !queue.isFetchingNextPage && void queue.fetchNextPage()}
      shift={shift}
      failed={queue.error && <StaleLine>Could not load the queue: {queue.error.message} Retrying…</StaleLine>}
    />
  );
  const action = chosen?.actions.find(({ act }) => act === confirming);
  return (
    <Page
      crumbs={[onCallCrumb]}
      live={!isFixed}
      fixed={isFixed}
      edge
      controls={
        <>
          <RangeControl choices={timeRanges} shown={shown} moments={chosen ? momentsOf(chosen) : []} onGo={go} />
          <HelpLink to="on-call#board" />
        </>
      }
    >
      <h1 className="lw-hidden">On call</h1>
      <div className={classes.board}>
        <div className={classes.queue}>{pane}</div>
        <LazyDrawer opened={isDrawn} onClose={() => setDrawn(false)} size={320} padding={0} title="Queue">
          {isDrawn && pane}
        </LazyDrawer>
        {chosen && (chosenId || found.data) ? (
          <>
            <div className={classes.centre} data-scroll>
              <Narrow
                index={index}
                count={rows.length}
                onMove={(step) => choose(neighbour(rows, chosenId, step))}
                onQueue={() => setDrawn(true)}
              />
              {found.error && (
                <div className={classes.stale}>
                  <StaleLine>Could not refresh: {found.error.message} Retrying…</StaleLine>
                </div>
              )}
              <CentrePane chosen={chosen} onZoom={zoom} />
            </div>
            <div className={classes.act}>
              <ActPane
                chosen={chosen}
                viewer={viewer}
                busy={acts.busy}
                onAct={start}
                onVerdict={(value) => void acts.verdict(value)}
                onEscalate={() => void acts.escalate()}
                onRetry={(id) => void acts.retryPage(id)}
                onUnblock={setUnblocking}
                runbook={
                  <RunbookSection
                    runbook={runbook.data}
                    error={runbook.error}
                    hasRunbook={chosen.runbook !== null}
                    why={viewer.why.tick}
                    onTick={(step, isDone) => {
                      const { runbook: of } = chosen;
                      if (of) void acts.tick({ runbookId: of.id, subjectId: of.subjectId }, step, isDone);
                    }}
                  />
                }
              />
            </div>
            <ThumbBar chosen={chosen} viewer={viewer} onAct={start} />
          </>
        ) : (
          <div className={classes.empty}>
            {found.error ? (
              <FailedState title="Could not load">
                {found.error.message} The queue is up to date: select another item.
              </FailedState>
            ) : (
              <NothingFires
                lastPageAt={first?.lastPageAt ?? null}
                isFiltered={view.filter !== "all" || view.team !== undefined}
                nextShift={props.nextShift}
                onTest={acts.testPage}
              />
            )}
          </div>
        )}
        <KeyBar />
        <ConfirmWithReason
          opened={unblocking !== undefined}
          onClose={() => setUnblocking(undefined)}
          title={`Unblock ${unblocking?.model} v${unblocking?.version}${chosen?.endpoint ? ` on ${chosen.endpoint.name}` : ""}?`}
          evidence={unblocking?.reason}
          consequences={[
            { label: "Allows", value: "deploying this version here, and rolling it out" },
            { label: "Keeps", value: "the deployed version; unblocking deploys nothing" },
          ]}
          reasons={["Fixed elsewhere", "Not the cause"]}
          confirmLabel="Unblock"
          cancelLabel="Keep blocked"
          actorName={viewer.name}
          onConfirm={async (reason) => unblocking && acts.unblock(unblocking, reason)}
        />
        {chosen && action && (
          <OnceOpened opened>
            <ActDialog
              action={action}
              chosen={chosen}
              people={people}
              actorName={viewer.name}
              onClose={() => setConfirming(undefined)}
              onConfirm={async (input) => {
                const failure = await acts.act(action.act, input);
                if (failure === undefined && leaving.includes(action.act)) chooseNext();
                if (failure === undefined && action.act === "merge") {
                  show({ ...view, groupId: undefined, incident: input.into });
                }
                return failure;
              }}
            />
          </OnceOpened>
        )}
      </div>
    </Page>
  );
}

/** Moves the focus to the evidence instead of the list after an acknowledgement. */
function focusChart() {
  document.querySelector<HTMLElement>("#triage-chart figure")?.focus();
}

/** After these the line leaves the queue, or its place in it. */
const leaving: readonly TriageAct[] = ["resolve", "cancel", "silence"];
const aroundMs = 15 * 60_000;

/** Returns the times that the range menu offers by name. */
function momentsOf({ endpoint, row, startedAt }: Chosen): RangeMoment[] {
  return [
    ...(endpoint?.deployedAt
      ? [{ label: `Since the deployment of ${endpoint.serves}`, from: endpoint.deployedAt, isDeploy: true }]
      : []),
    ...(row.incident
      ? [{ label: `INC-${row.incident.number} with 15 min before it`, from: startedAt - aroundMs }]
      : []),
  ];
}

interface NarrowProps {
  index: number;
  count: number;
  onMove: (step: -1 | 1) => void;
  onQueue: () => void;
}

/** Replaces the queue on narrow screens: position and number of items, with buttons for the others. */
function Narrow({ index, count, onMove, onQueue }: NarrowProps) {
  return (
    <nav className={classes.narrow} aria-label="Queue items">
      <ActionIcon variant="subtle" aria-label="Previous item" onClick={() => onMove(-1)} disabled={index <= 0}>
        <IconChevronLeft size={18} />
      </ActionIcon>
      <span className="lw-number">{index < 0 ? "not in the queue" : `${index + 1} of ${count}`}</span>
      <ActionIcon variant="subtle" aria-label="Next item" onClick={() => onMove(1)} disabled={index >= count - 1}>
        <IconChevronRight size={18} />
      </ActionIcon>
      <Button
        ml="auto"
        variant="default"
        size="xs"
        leftSection={<IconList size={15} aria-hidden="true" />}
        rightSection={<Keys keys={["Q"]} />}
        onClick={onQueue}
      >
        Queue
      </Button>
    </nav>
  );
}
