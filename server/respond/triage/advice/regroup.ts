import type { IncidentState } from "#server/respond/incidents/contract.ts";
import { openStates } from "#server/respond/incidents/folding/decide-merge.ts";
import type { AdviceFacts } from "./advise.ts";
import type { TriageAction } from "./contract.ts";

type RegroupFacts = Pick<AdviceFacts, "row" | "folding" | "moves">;

const empty = { to: null, isRecommended: false, asks: true };

/** Merging the incident into another one: both are one row of the queue. */
export function merge({ row, folding, moves }: RegroupFacts): TriageAction {
  const number = row.incident?.number ?? 0;
  const off = !folding
    ? "No incident to merge."
    : isOver(moves)
      ? "The incident has ended."
      : folding.others.length === 0
        ? "No other incident is open."
        : null;
  return {
    ...empty,
    act: "merge",
    label: "Merge…",
    key: "I",
    off,
    words: "Merges this into another open incident.",
    title: `Merge INC-${number} into which incident?`,
    consequences: [
      { label: "Alerts", value: "move to the other incident, with their acknowledgements" },
      { label: "Pages", value: "nothing is paged again; escalations continue" },
      { label: "Keeps", value: `INC-${number} with its timeline, as merged` },
      { label: "Undo", value: "split it off again" },
    ],
    confirmLabel: "Merge",
  };
}

/** Splitting alerts off the incident, which become one of their own. */
export function splitOff({ row, folding, moves }: RegroupFacts): TriageAction {
  const number = row.incident?.number ?? 0;
  const isAlone = folding && folding.groups.length < 2 && folding.groups.every(({ from }) => from === null);
  const off = !folding
    ? "No incident to split."
    : isOver(moves)
      ? "The incident has ended."
      : folding.groups.length === 0
        ? "It has no alerts to split off."
        : isAlone
          ? "It has one alert group only."
          : null;
  return {
    ...empty,
    act: "split",
    label: "Split off…",
    key: "O",
    off,
    words: "Moves some of its alerts to a separate incident.",
    title: `Split which alerts off INC-${number}?`,
    consequences: [
      { label: "Alerts", value: "move to the other incident, with their acknowledgements" },
      { label: "Becomes", value: "a new incident, or the reopened merged incident they came from" },
      { label: "Pages", value: "nothing is paged again; escalations continue" },
      { label: "Undo", value: "merge them again" },
    ],
    confirmLabel: "Split off",
  };
}

function isOver(state: IncidentState | undefined): boolean {
  return state === undefined || !openStates.includes(state);
}
