import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { GameDayState } from "#server/respond/drills/contract.ts";
import { gameDayStateLooks, verdictLook } from "./game-day-text.ts";

/** Shows the state of a game day. */
export function GameDayStateBadge({ state, filled }: { state: GameDayState; filled?: boolean }) {
  const look = gameDayStateLooks[state];
  return (
    <StatusBadge state={look.state} filled={filled ?? false}>
      {look.label}
    </StatusBadge>
  );
}

/** Shows what a game day said about its hypothesis. */
export function VerdictBadge({ isConfirmed, filled }: { isConfirmed: boolean | null; filled?: boolean }) {
  const look = verdictLook(isConfirmed);
  return (
    <StatusBadge state={look.state} filled={filled ?? false}>
      {look.label}
    </StatusBadge>
  );
}
