"use client";

import { useQuery } from "@tanstack/react-query";
import { readJson } from "#components/ui/wire.ts";
import { useShell } from "./shell-context.tsx";
import classes from "./sidebar.module.css";

/** How each place is asked again when its topic changed. */
const questions: Record<string, () => Promise<number>> = {
  "/models": async () =>
    (await readJson<{ promotions: unknown[] }>("/api/v1/promotions?which=mine-to-decide&limit=200")).promotions.length,
};

/** How much at a place of the navigation waits for the viewer; nothing when nothing does. */
export function WaitingCount({ href }: { href: string }) {
  const initial = useShell().waiting[href];
  const question = questions[href];
  const { data } = useQuery({
    queryKey: ["model", "list", "waiting", href],
    queryFn: question ?? (() => 0),
    enabled: question !== undefined && initial !== undefined,
    ...(initial !== undefined && { initialData: initial }),
  });
  if (!data) return null;
  return (
    <span className={classes.count}>
      {data}
      <span className="lw-hidden"> waiting for you</span>
    </span>
  );
}
