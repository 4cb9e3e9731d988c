import { DomainError } from "#server/base/errors.ts";
import type { GameDayRow } from "./game-day-rows.ts";

const stateLabels = { running: "is running", ended: "has ended", aborted: "was aborted", skipped: "was skipped" };

/** @throws DomainError "conflict" unless a game day is still only planned */
export function requirePlanned({ number, state }: Pick<GameDayRow, "number" | "state">): void {
  if (state === "planned") return;
  throw new DomainError("conflict", `GD-${number} ${stateLabels[state]}. Plan another one.`);
}
