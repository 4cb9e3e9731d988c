import type { Wire } from "#components/ui/wire.ts";
import type { Queue, QueueFilter } from "#server/respond/triage/contract.ts";

/** A choice of lines: by a filter, or of a team. */
export interface QueueTab {
  key: string;
  label: string;
  filter: QueueFilter;
  /** Id of a team; undefined for all teams. */
  team?: string | undefined;
  /** Lines in it; undefined until the queue is loaded. */
  count?: number | undefined;
}

const states: { filter: QueueFilter; label: string }[] = [
  { filter: "unacknowledged", label: "Not acknowledged" },
  { filter: "pages", label: "Pages" },
  { filter: "silenced", label: "Silenced" },
];
/** A third team would not fit beside the queue. */
const maxTeams = 2;

/**
 * Returns the tabs of the queue: All, Mine and the first teams of the reader in sight, every other team and state in the menu.
 * @returns `current`, the key of the selected one
 */
export function queueTabs(
  queue: Pick<Wire<Queue>, "counts" | "teams"> | undefined,
  selected: { filter: QueueFilter; team?: string | undefined },
): { shown: QueueTab[]; more: QueueTab[]; current: string } {
  const byFilter = (filter: QueueFilter, label: string): QueueTab => ({
    key: filter,
    label,
    filter,
    count: queue?.counts[filter],
  });
  const teams = (queue?.teams ?? []).map(({ id, name, isOwn, count }) => ({
    isOwn,
    tab: { key: id, label: name, filter: "all", team: id, count } satisfies QueueTab,
  }));
  const own = teams.filter(({ isOwn }) => isOwn).slice(0, maxTeams);
  const others = teams.filter((team) => !own.includes(team));
  return {
    shown: [byFilter("all", "All"), byFilter("mine", "Mine"), ...own.map(({ tab }) => tab)],
    more: [...others.map(({ tab }) => tab), ...states.map(({ filter, label }) => byFilter(filter, label))],
    current: selected.team ?? selected.filter,
  };
}
