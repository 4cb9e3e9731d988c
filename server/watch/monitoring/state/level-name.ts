/** Characters of a level's name. */
const longestName = 200;

/** A level as profiles and states name it: Postgres stores no NUL and no half of a character, and nobody reads a page. */
export function levelName(text: string): string {
  const short = text.length > longestName ? text.slice(0, longestName) : text;
  return short.isWellFormed() && !short.includes("\0") ? short : short.toWellFormed().replaceAll("\0", "\uFFFD");
}
