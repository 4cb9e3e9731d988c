/** Characters of a level's name. */
const maxNameLength = 200;

/** Returns a level's name for profiles and states: Postgres stores neither NUL nor half a character, and long names are unreadable. */
export function levelName(text: string): string {
  const short = text.length > maxNameLength ? text.slice(0, maxNameLength) : text;
  return short.isWellFormed() && !short.includes("\0") ? short : short.toWellFormed().replaceAll("\0", "\uFFFD");
}
