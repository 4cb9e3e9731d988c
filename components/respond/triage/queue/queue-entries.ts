import type { Row } from "../board-types.ts";

/** A heading, an incident, or a ticket in one line. */
export type QueueEntry = { kind: "heading"; key: string; label: string; note: string; count: number } | QueueItem;

interface QueueItem {
  kind: "incident" | "ticket";
  key: string;
  row: Row;
  /** Other tickets of its endpoint, which are folded into it. */
  more: number;
}

const sections = [
  { key: "act", label: "Act", note: "" },
  { key: "watch", label: "Watch recovery", note: "" },
  { key: "resolve", label: "Resolve", note: "" },
  { key: "tickets", label: "Tickets", note: "not paging" },
  { key: "silenced", label: "Silenced", note: "" },
] as const;
type Section = (typeof sections)[number]["key"];

/** Returns where a line stands: by the stage of its incident; a page that has none yet is acted on too. */
export function sectionOf({ state, stage, severity }: Pick<Row, "state" | "stage" | "severity">): Section {
  if (state === "silenced") return "silenced";
  if (stage) return stage.stage;
  return severity === "page" ? "act" : "tickets";
}

/** Puts the tickets of an endpoint next to each other, where the heaviest of them stands. The rest keeps its order. */
export function besideTheirEndpoint(rows: readonly Row[]): Row[] {
  const placed = new Set<string>();
  return rows.flatMap((row) => {
    if (placed.has(row.id)) return [];
    const all = isTicket(row) && row.endpointId ? rows.filter((each) => isSameTicket(each, row)) : [row];
    for (const { id } of all) placed.add(id);
    return all;
  });
}

/**
 * Returns what the queue shows: headings with their counts, one entry for each incident, and one line for the tickets of an endpoint. The
 * tickets of the endpoint of a selected one are all shown, so that each can be reached.
 */
export function queueEntries(rows: readonly Row[], chosenId: string | undefined): QueueEntry[] {
  const chosen = rows.find(({ id }) => id === chosenId);
  return sections.flatMap(({ key, label, note }) => {
    const own = rows.filter((row) => sectionOf(row) === key);
    if (own.length === 0) return [];
    const entries = own.flatMap((row, index): QueueEntry[] => {
      if (!isTicket(row)) return [{ kind: "incident", key: row.id, row, more: 0 }];
      const isOpen = chosen !== undefined && isSameTicket(chosen, row);
      const others =
        row.endpointId === null || isOpen ? [] : own.filter((each) => each !== row && isSameTicket(each, row));
      const isFolded = others.some((each) => own.indexOf(each) < index);
      return isFolded ? [] : [{ kind: "ticket", key: row.id, row, more: others.length }];
    });
    return [{ kind: "heading", key: `heading ${key}`, label, note, count: own.length }, ...entries];
  });
}

function isTicket(row: Row): boolean {
  return row.stage === null && row.severity === "ticket";
}

function isSameTicket(one: Row, other: Row): boolean {
  return (
    isTicket(one) &&
    isTicket(other) &&
    one.endpointId !== null &&
    one.endpointId === other.endpointId &&
    sectionOf(one) === sectionOf(other)
  );
}
