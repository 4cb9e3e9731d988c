"use client";

import { StatusShape } from "#components/ui/status-shape.tsx";
import { readJson } from "#components/ui/wire.ts";
import { useShell } from "./shell-context.tsx";
import classes from "./sidebar.module.css";
import { useKeptFresh } from "./use-kept-fresh.ts";

interface Question {
  /** Topic of the events that trigger a new request. */
  topic: string;
  load: (signal: AbortSignal) => Promise<number>;
  /** Meaning of the number, for screen readers. */
  words: string;
  /** With the square of what is missed. */
  isUrgent?: boolean;
  /** Asked for by the browser at this interval, instead of with the page and at each event: there are many, or it costs more. */
  everyMs?: number;
  /** Number up to which it counts. */
  max?: number;
}

/** Request that updates the count of each navigation entry after an event on its topic. */
const questions: Record<string, Question> = {
  "/models": {
    topic: "model",
    load: async (signal) =>
      (await readJson<{ promotions: unknown[] }>("/api/v1/promotions?which=mine-to-decide&limit=200", signal))
        .promotions.length,
    words: "waiting for you",
  },
  "/labels": {
    topic: "label-queue",
    load: async (signal) => (await readJson<{ waiting: number }>("/api/v1/label-queue/waiting", signal)).waiting,
    words: "to label or review",
    everyMs: 60_000,
    max: 500,
  },
  "/on-call": {
    topic: "alert",
    load: async (signal) => (await readJson<{ pages: number }>("/api/v1/triage/unacknowledged-pages", signal)).pages,
    words: "unacknowledged",
    isUrgent: true,
  },
  "/rollouts": {
    topic: "rollout",
    load: async (signal) =>
      (await readJson<{ rollouts: unknown[] }>("/api/v1/rollouts?active=true&limit=200", signal)).rollouts.length,
    words: "in progress",
  },
};

const none = async () => 0;

/** Shows the number of items at a navigation entry that wait for the user or are in progress; renders nothing for zero. */
export function WaitingCount({ href }: { href: string }) {
  const initial = useShell().waiting[href];
  const question = questions[href];
  const isLazy = question?.everyMs !== undefined;
  const data = useKeptFresh({
    topic: question?.topic ?? "none",
    initial,
    load: question?.load ?? none,
    everyMs: question?.everyMs,
    isOn: question !== undefined && (isLazy || initial !== undefined),
  });
  if (!data) return null;
  return (
    <span className={classes.count} data-urgent={question?.isUrgent}>
      {question?.isUrgent && <StatusShape state="missed" size={8} />}
      {data === question?.max ? `${data}+` : data}
      <span className="lw-hidden"> {question?.words}</span>
    </span>
  );
}
