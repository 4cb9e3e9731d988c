import { DomainError } from "#server/base/errors.ts";

/** Parses an experiment id, sent as decimal digits in a string. @throws DomainError "invalid", or "not-found" beyond all ids. */
export function experimentIdOf(text: string): number {
  if (!/^[+-]?\d+$/.test(text.trim())) {
    throw new DomainError("invalid", `Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`);
  }
  const id = Number(text);
  if (!Number.isSafeInteger(id)) throw new DomainError("not-found", `No Experiment with id=${text} exists`);
  return id;
}

/** Parses the experiment ids of a search; an id beyond all ids matches nothing. */
export function experimentIdsOf(texts: readonly string[]): number[] {
  return texts.map((text) => {
    const id = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : experimentIdOf(text);
    return Number.isSafeInteger(id) ? id : -1;
  });
}

/** Validates a page size. @throws DomainError "invalid" when it is not between 1 and `most`. */
export function pageSizeOf(sent: number, most: number): number {
  const refused = `Invalid value ${sent} for parameter 'max_results' supplied. It must be`;
  if (sent < 1) throw new DomainError("invalid", `${refused} a positive integer`);
  if (sent > most) throw new DomainError("invalid", `${refused} at most ${most}`);
  return sent;
}
