"use client";

import { useQuery } from "@tanstack/react-query";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { readJson } from "#components/ui/wire.ts";
import { useShell } from "./shell-context.tsx";
import classes from "./sidebar.module.css";

interface Question {
  /** Of the events after which it is asked again. */
  topic: string;
  load: () => Promise<number>;
  /** What the number says, for readers. */
  words: string;
  /** With the square of what is missed. */
  isUrgent?: boolean;
}

/** How each place is asked again when its topic changed. */
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

/** How much at a place of the navigation waits for the viewer or goes on; nothing when nothing does. */
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
