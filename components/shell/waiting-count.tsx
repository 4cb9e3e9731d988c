"use client";

import { useQuery } from "@tanstack/react-query";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { readJson } from "#components/ui/wire.ts";
import { useShell } from "./shell-context.tsx";
import classes from "./sidebar.module.css";

interface Question {
  /** Topic of the events that trigger a new request. */
  topic: string;
  load: () => Promise<number>;
  /** Meaning of the number, for screen readers. */
  words: string;
  /** With the square of what is missed. */
  isUrgent?: boolean;
}

/** Request that updates the count of each navigation entry after an event on its topic. */
const questions: Record<string, Question> = {
  "/models": {
    topic: "model",
    load: async () =>
      (await readJson<{ promotions: unknown[] }>("/api/v1/promotions?which=mine-to-decide&limit=200")).promotions
        .length,
    words: "waiting for you",
  },
  "/on-call": {
    topic: "alert",
    load: async () => (await readJson<{ pages: number }>("/api/v1/triage/unacknowledged-pages")).pages,
    words: "unacknowledged pages",
    isUrgent: true,
  },
  "/rollouts": {
    topic: "rollout",
    load: async () =>
      (await readJson<{ rollouts: unknown[] }>("/api/v1/rollouts?active=true&limit=200")).rollouts.length,
    words: "in progress",
  },
};

/** Shows the number of items at a navigation entry that wait for the user or are in progress; renders nothing for zero. */
export function WaitingCount({ href }: { href: string }) {
  const initial = useShell().waiting[href];
  const question = questions[href];
  const { data } = useQuery({
    queryKey: [question?.topic ?? "none", "list", "waiting", href],
    queryFn: question?.load ?? (() => 0),
    enabled: question !== undefined && initial !== undefined,
    ...(initial !== undefined && { initialData: initial }),
  });
  if (!data) return null;
  return (
    <span className={classes.count} data-urgent={question?.isUrgent}>
      {question?.isUrgent && <StatusShape state="missed" size={8} />}
      {data}
      <span className="lw-hidden"> {question?.words}</span>
    </span>
  );
}
