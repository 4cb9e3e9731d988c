/** Maximum length of a title, in characters: lists show it on one line, and messages before they cut. */
export const maxTitleLength = 60;

/** Words with which a shortened text must not end: they need another one. */
const dangling = new Set(
  "a an and are as at be between by exceeds for from has have in is its more of on or over than that the then to was were which with".split(
    " ",
  ),
);
const separators = new Set(",;:–(-");

interface TitleParts {
  /** The endpoint, or what else it is about. */
  subject: string;
  /** Effect with its number, without a full stop: "15.6% of requests fail". */
  effect: string;
  /** "since 02:39", "after v12", "on canary v13". */
  tail?: string | undefined;
}

/**
 * Returns the title of an incident, of its page and of the messages about it: what it is about, the effect with its number, and since when
 * (docs/spec/design.md section 7). At most 60 characters: the tail is left out first, then words of the effect, never the name, which is
 * cut only if it is longer itself.
 */
export function incidentTitle({ subject, effect, tail = "" }: TitleParts): string {
  const name = cutText(tidy(subject), maxTitleLength);
  const full = tidy(`${name}: ${effect} ${tail}`);
  if (lengthOf(full) <= maxTitleLength) return full;
  const room = maxTitleLength - lengthOf(name) - 2;
  const words = room > 0 ? cutClause(tidy(effect), room) : "";
  return words === "" ? name : `${name}: ${words}`;
}

/**
 * Shortens a text of others to a title of at most 60 characters: the summary of an alert from elsewhere, or a title that was stored before
 * titles had a limit. Keeps "name: ", then the first clause, then as many words as fit.
 */
export function shortTitle(text: string): string {
  const title = tidy(text);
  if (lengthOf(title) <= maxTitleLength) return title;
  const [, subject, effect] = /^([^\s:]{1,50}): (.+)$/.exec(title) ?? [];
  return subject && effect ? incidentTitle({ subject, effect }) : cutClause(title, maxTitleLength);
}

/** Shortens a title and names the service in it: alerts from elsewhere often say only what happens. */
export function serviceTitle({ service, title }: { service: string; title: string }): string {
  return service === "" || title.includes(service)
    ? shortTitle(title)
    : incidentTitle({ subject: service, effect: title });
}

/** Returns the title of a message about alerts: "PAGE · card-fraud: 15.6% of requests fail". The service stands in it once. */
export function messageTitle(state: string, { service, title }: { service: string; title: string }): string {
  const short = shortTitle(title);
  const named = short.startsWith(`${service}: `) ? "" : service;
  return [state, named, short].filter((part) => part !== "").join(" · ");
}

/** Returns one line without a full stop. Spaces that do not break stay: they hold a number and its unit together. */
function tidy(text: string): string {
  return text
    .replace(/[ \t\r\n\f\v]+/g, " ")
    .trim()
    .replace(/\.$/, "");
}

/** Cuts after the last clause that fits, or else after the last word. */
function cutClause(text: string, room: number): string {
  if (lengthOf(text) <= room) return text;
  const ends = [...text.matchAll(/[.;,](?= )| –(?= )|(?= \()/g)].map(({ index }) => index);
  const end = ends.findLast((index) => index >= 12 && lengthOf(text.slice(0, index)) <= room);
  return end === undefined ? cutText(text, room) : text.slice(0, end);
}

/** Cuts between words, and never behind a word that needs another one. A single long word is cut itself. */
function cutText(text: string, room: number): string {
  const letters = [...text];
  if (letters.length <= room) return text;
  const head = letters.slice(0, room + 1).join("");
  const space = head.lastIndexOf(" ");
  if (space <= 0) return letters.slice(0, room).join("");
  const words = head.slice(0, space).split(" ");
  while (words.length > 1 && (dangling.has((words.at(-1) ?? "").toLowerCase()) || separators.has(words.at(-1) ?? "")))
    words.pop();
  const cut = words.join(" ");
  return separators.has(cut.at(-1) ?? "") ? cut.slice(0, -1) : cut;
}

function lengthOf(text: string): number {
  return [...text].length;
}
