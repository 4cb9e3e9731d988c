const maxLength = 200;

/** A value as it is kept in profiles and reports: Postgres stores no NUL and no half of a character, and nobody reads a page. */
export function shown(text: string): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return short.toWellFormed().replaceAll("\0", "\uFFFD");
}
