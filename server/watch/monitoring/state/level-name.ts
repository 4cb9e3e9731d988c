/** Characters of a level's name. */
const maxNameLength = 200;

/** A level as profiles and states name it: Postgres stores no NUL and no half of a character, and nobody reads a page. */
export function levelName(text: string): string {
  const short = text.length > maxNameLength ? text.slice(0, maxNameLength) : text;
  return short.isWellFormed() && !short.includes("\0") ? short : short.toWellFormed().replaceAll("\0", "\uFFFD");
}
