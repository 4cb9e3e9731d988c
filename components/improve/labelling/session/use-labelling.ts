"use client";

import { useEffect, useEffectEvent, useReducer, useRef, useState } from "react";
import { AnswerSender, type Refused, type SenderState } from "#components/improve/labelling/answers/answer-sender.ts";
import type { AnswerBody } from "#components/improve/labelling/answers/answer-store.ts";
import { indexedAnswers } from "#components/improve/labelling/answers/indexed-answers.ts";
import { withMemory } from "#components/improve/labelling/answers/with-memory.ts";
import { withShownField } from "#components/improve/labelling/shown/shown-field.ts";
import { toast } from "#components/ui/toast.tsx";
import type { ShownObject, TaskSource } from "#server/improve/labelling/contract.ts";
import { ActiveTime } from "./active-time.ts";
import { changeSession, maxHeld, newSession, type Session, tasksOnTheirWay } from "./session.ts";
import { describeFailure, type GoldFeedback, requestWork, sendAnswer } from "./work.ts";

const heartbeatMs = 60_000;
/** How often an empty queue is asked again. */
const emptyRetryMs = 15_000;
/** How often a queue that failed is asked again. */
const failedRetryMs = 5000;
/** How long undo waits for an answer on its way. */
const maxSettleMs = 3000;

export interface Labelling {
  session: Session;
  sending: SenderState;
  /** What the gold item answered last expected; null when there is nothing to say. */
  gold: GoldFeedback | null;
  answer: (input: Pick<AnswerBody, "value" | "note" | "shownPrediction">) => void;
  undo: () => void;
  skip: () => void;
  /** Asks an empty or failed queue again. */
  retry: () => void;
  discard: (refused: Refused) => void;
  /** Opens the task of a refused answer again, with what was answered. */
  edit: (refused: Refused) => void;
  closeGold: () => void;
  /** Asks for a field that the project hides. @returns why not; undefined once it is shown */
  show: (field: string, reason: string) => Promise<string | undefined>;
}

interface LabellingInput {
  /** Address of the page's route. */
  path: string;
  /** Workspace, person and project: whose answers this browser keeps. */
  owner: string;
  queue: TaskSource | null;
  /** What the project shows of an item. */
  objects: readonly ShownObject[];
}

const nothingKept: SenderState = { kept: 0, isOffline: false, problem: undefined, refused: [] };

/** Holds the task on screen and the next one, keeps and sends answers, and renews the leases. */
export function useLabelling({ path, owner, queue, objects }: LabellingInput): Labelling {
  const [session, dispatch] = useReducer(changeSession, newSession);
  const [sending, setSending] = useState<SenderState>();
  const [gold, setGold] = useState<GoldFeedback | null>(null);
  const [attempt, setAttempt] = useState(0);
  const sender = useRef<AnswerSender>(undefined);
  const time = useRef(new ActiveTime());
  const isLoading = useRef(false);
  const isUndoing = useRef(false);

  useEffect(() => {
    const current = new AnswerSender({
      store: withMemory(indexedAnswers(), () => {
        // Private windows of some browsers have no IndexedDB.
        toast.failed("This browser cannot keep labels.", "Labels that were not sent are lost when you close the page.");
      }),
      owner,
      send: (body) => sendAnswer({ path, owner, onGold: setGold }, body),
      onChange: setSending,
      onStored: ({ taskId }, isSurplus) => dispatch({ kind: "stored", taskId, isSurplus }),
    });
    sender.current = current;
    current.flush();
    const flush = () => current.flush();
    window.addEventListener("online", flush);
    return () => {
      window.removeEventListener("online", flush);
      current.stop();
    };
  }, [path, owner]);

  // Answers on their way still hold their leases, and a person has two.
  const { held, end } = session;
  const refused = sending?.refused.map(({ answer }) => answer.body.taskId) ?? [];
  const onTheirWay = tasksOnTheirWay(session, refused);
  // Those of an earlier page are only in the store, and those of this moment not yet.
  const waiting = Math.max(onTheirWay.length, (sending?.kept ?? 0) - refused.length);
  const isFull = held.length + waiting >= maxHeld;
  const shown = held[0]?.task;

  const load = useEffectEvent(async () => {
    if (isLoading.current) return;
    isLoading.current = true;
    const except = [...held.map(({ task }) => task.id), ...onTheirWay];
    try {
      const { task, heldByOthers, paused } = await requestWork<"next">(path, { kind: "next", queue, except });
      if (task) dispatch({ kind: "given", task });
      else if (paused !== null) dispatch({ kind: "ended", end: { kind: "paused", reason: paused } });
      else dispatch({ kind: "ended", end: { kind: "empty", heldByOthers } });
    } catch (error) {
      dispatch({ kind: "ended", end: { kind: "failed", problem: describeFailure(error) } });
    } finally {
      isLoading.current = false;
      // The effect below looks again: a second task may be wanted.
      setAttempt((before) => before + 1);
    }
  });
  const isReady = sending !== undefined;
  const hasEnded = end !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads one task
  useEffect(() => {
    if (isReady && !isFull && !hasEnded) void load();
  }, [isReady, isFull, hasEnded, attempt]);

  // An end stays on screen until the queue gives a task again.
  const retryMs = end && end.kind === "failed" ? failedRetryMs : emptyRetryMs;
  const retry = useEffectEvent(() => {
    if (!isFull && document.visibilityState === "visible") void load();
  });
  useEffect(() => {
    if (!hasEnded) return;
    const timer = setInterval(() => retry(), retryMs);
    return () => clearInterval(timer);
  }, [hasEnded, retryMs]);

  // The next task is of the chosen queue; the one on screen stays.
  const requeue = useEffectEvent(() => {
    // The server releases the task that was loaded ahead when the next one is asked for.
    dispatch({ kind: "requeued" });
  });
  const firstQueue = useRef(queue);
  useEffect(() => {
    if (firstQueue.current === queue) return;
    firstQueue.current = queue;
    requeue();
  }, [queue]);

  const renew = useEffectEvent(async () => {
    const taskIds = held.map(({ task }) => task.id);
    if (taskIds.length === 0 || document.visibilityState !== "visible") return;
    try {
      dispatch({ kind: "renewed", ...(await requestWork<"renew">(path, { kind: "renew", taskIds })) });
    } catch {
      // Offline: the leases may end, which costs nothing but an additional answer.
    }
  });
  useEffect(() => {
    const timer = setInterval(() => void renew(), heartbeatMs);
    // A tab that was hidden for long learns at once what it lost.
    const show = () => document.visibilityState === "visible" && void renew();
    document.addEventListener("visibilitychange", show);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", show);
    };
  }, []);

  const shownId = shown?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: time starts with each task
  useEffect(() => {
    const isActive = () => document.visibilityState === "visible" && document.hasFocus();
    time.current.restart(performance.now(), isActive());
    const change = () => time.current.change(performance.now(), isActive());
    const events = ["visibilitychange", "focus", "blur"];
    for (const name of events) (name === "visibilitychange" ? document : window).addEventListener(name, change);
    return () => {
      for (const name of events) (name === "visibilitychange" ? document : window).removeEventListener(name, change);
    };
  }, [shownId]);

  return {
    session,
    sending: sending ?? nothingKept,
    gold,
    answer: ({ value, note, shownPrediction }) => {
      if (!shown || !sender.current) return;
      const { id: taskId, guideline } = shown;
      const spentMs = time.current.total(performance.now());
      setGold(null);
      dispatch({ kind: "answered", taskId, value, note, at: Date.now() });
      void sender.current.add({ taskId, value, note, spentMs, guideline, shownPrediction });
    },
    undo: () => {
      if (isUndoing.current || !sender.current) return;
      isUndoing.current = true;
      void takeBack(path, sender.current, session)
        .then((undone) => dispatch({ kind: "undone", ...undone }))
        .catch((error: unknown) => toast.failed("Could not undo.", describeFailure(error)))
        .finally(() => {
          isUndoing.current = false;
        });
    },
    skip: () => {
      if (!shown) return;
      const { id: taskId } = shown;
      void requestWork<"skip">(path, { kind: "skip", taskId })
        .then(() => dispatch({ kind: "left", taskId }))
        .catch((error: unknown) => toast.failed("Could not skip.", describeFailure(error)));
    },
    retry: () => void load(),
    discard: (refused) => void sender.current?.discard(refused),
    edit: (refused) => {
      const { taskId, value, note } = refused.answer.body;
      const task = session.recent.find((each) => each.task.id === taskId)?.task;
      if (!task || !sender.current) return;
      void sender.current.discard(refused).then(() => dispatch({ kind: "undone", task, value, note, released: [] }));
    },
    closeGold: () => setGold(null),
    show: async (field, reason) => {
      if (!shown) return undefined;
      try {
        const { value } = await requestWork<"field">(path, { kind: "field", taskId: shown.id, field, reason });
        dispatch({ kind: "shown", task: withShownField(shown, objects, { field, value }) });
        return undefined;
      } catch (error) {
        return describeFailure(error);
      }
    },
  };
}

/** Undoes the last answer: one that never left this browser is only removed here. */
async function takeBack(path: string, sender: AnswerSender, { recent }: Session) {
  const last = recent.at(-1);
  if (last && (await sender.takeBack(last.task.id))) {
    return { task: last.task, value: last.value, note: last.note, released: [] };
  }
  // The server undoes only what it has.
  await Promise.race([sender.settled(), new Promise((resolve) => setTimeout(resolve, maxSettleMs))]);
  return requestWork<"undo">(path, { kind: "undo", ...(last && { taskId: last.task.id }) });
}
