const maxLength = 200;

/** Shortens a value for profiles and reports: Postgres stores neither NUL nor half a character, and long texts are unreadable. */
export function shown(text: string): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return short.toWellFormed().replaceAll("\0", "\uFFFD");
}
