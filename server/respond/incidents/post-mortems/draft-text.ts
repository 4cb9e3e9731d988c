import type { TimelineEvent } from "../timeline/contract.ts";

/** Formats a moment as in exported documents: 2026-05-04 10:06 UTC. */
export function moment(at: Date | number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function clock(at: Date | number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** Returns a sentence with links to the events that it is based on. */
export function said(text: string, number: number, events: readonly Pick<TimelineEvent, "id">[]): string {
  const refs = events.map(({ id }) => `[${id}](/incidents/${number}?tab=timeline#event-${id})`);
  return refs.length === 0 ? text : `${text} (${refs.join(", ")})`;
}

/** Escapes user text for Markdown: on one line, without characters that would create a table or a heading. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/([|\\`*_[\]<>#])/g, "\\$1");
}
