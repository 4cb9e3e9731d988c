import type { TimelineEvent } from "../timeline/contract.ts";

/** As documents that leave the program write a moment: 2026-05-04 10:06 UTC. */
export function moment(at: Date | number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function clock(at: Date | number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** A sentence with the numbers of the events that it was made of, each an address. */
export function said(text: string, number: number, events: readonly Pick<TimelineEvent, "id">[]): string {
  const refs = events.map(({ id }) => `[${id}](/incidents/${number}?tab=timeline#event-${id})`);
  return refs.length === 0 ? text : `${text} (${refs.join(", ")})`;
}

/** Text of people inside Markdown: on one line, with nothing that makes a table or a heading of it. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/([|\\`*_[\]<>#])/g, "\\$1");
}
