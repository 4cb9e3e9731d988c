"use client";

import { formatUntil } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { type State, StatusShape } from "#components/ui/status-shape.tsx";
import type { Chosen } from "../board-types.ts";
import classes from "./stages.module.css";

type Check = Chosen["recovery"][number];

const shapes: Record<Check["state"], { state: State; word: string }> = {
  holds: { state: "finished", word: "holds" },
  waiting: { state: "running", word: "must hold for longer" },
  broken: { state: "not-started", word: "does not hold yet" },
};

/** Lists what must hold for the incident to be over, its value now, and since when it holds. */
export function RecoveryTable({ checks }: { checks: Check[] }) {
  const now = useNow(10_000);
  const zone = useHydrated() ? undefined : "UTC";
  return (
    <table className={classes.checks} aria-label="What must hold">
      <thead className="lw-hidden">
        <tr>
          <th scope="col">What must hold</th>
          <th scope="col">Now</th>
          <th scope="col">Goal</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {checks.map(({ name, value, goal, state, since, progress }) => (
          <tr key={name}>
            <th scope="row">
              <span>
                <StatusShape state={shapes[state].state} />
                {name}
                <span className="lw-hidden">, {shapes[state].word}</span>
              </span>
            </th>
            <td className="lw-number">{value ?? "–"}</td>
            <td>{goal}</td>
            <td className="lw-number">
              {progress || (since === null ? "" : `since ${formatUntil(since, now, zone)}`)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
