import type { ReactNode } from "react";
import classes from "./status-badge.module.css";

export type State =
  | "on-target"
  | "watch"
  | "missed"
  | "no-data"
  | "running"
  | "not-started"
  | "paused"
  | "rolled-back"
  | "finished";

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.5 } as const;

const shapes: Record<State, ReactNode> = {
  "on-target": <circle cx="4.5" cy="4.5" r="4" fill="currentColor" />,
  watch: <path d="M4.5 .4 9 8.6H0Z" fill="currentColor" />,
  missed: <rect x=".5" y=".5" width="8" height="8" rx="1" fill="currentColor" />,
  "no-data": <circle cx="4.5" cy="4.5" r="3.7" {...line} strokeWidth={1.4} strokeDasharray="2 1.3" />,
  running: (
    <>
      <circle cx="4.5" cy="4.5" r="3.7" {...line} />
      <path d="M4.5 .8a3.7 3.7 0 0 1 0 7.4Z" fill="currentColor" />
    </>
  ),
  "not-started": <circle cx="4.5" cy="4.5" r="3.7" {...line} />,
  paused: <path d="M2.7 1v7M6.3 1v7" {...line} strokeWidth={1.8} />,
  "rolled-back": <path d="M3.4 .6.9 3l2.5 2.4M1.2 3h4a2.6 2.6 0 0 1 0 5.2H3.4" {...line} strokeLinejoin="round" />,
  finished: <path d="m.8 4.8 2.5 2.6 5-6" {...line} strokeWidth={1.8} strokeLinecap="round" strokeLinejoin="round" />,
};

/** Renders the 9 px icon of a state; its label belongs beside it, so screen readers skip the icon. */
export function StatusShape({ state, size = 9 }: { state: State; size?: number }) {
  return (
    <svg
      className={classes.shape}
      data-state={state}
      style={size === 9 ? undefined : { width: size, height: size }}
      viewBox="0 0 9 9"
      aria-hidden="true"
    >
      {shapes[state]}
    </svg>
  );
}
