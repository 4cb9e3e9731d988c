/** Where a text stands in the code: the attribute, property, call or function around it. */
export interface Place {
  kind: "argument" | "attribute" | "body" | "code" | "element" | "other" | "property" | "returned" | "value";
  /** Of the attribute, property, call, variable or function. */
  name?: string;
  /** The variable whose object has the property. */
  of?: string;
  /** Position among the arguments of a call. */
  index?: number;
  /** The nearest named function. */
  function?: string;
  file?: string;
}

/** Attributes and properties that hold words for people, even if it is a single one. */
const spoken =
  /^(?:aria-(?:label|description|roledescription|valuetext)|alt|body|caption|consequence|context|description|detail|details|effects?|empty|evidence|gapWord|heading|headline|hint|instead|label|message|note|noun|placeholder|problem|question|reason|sentence|subject|subtitle|suffix|suggestion|summary|text|title|unit|what|why|xNoun|\w+(?:Label|Title|Message|Text|Reason|Description|Noun|Word|Hint|Placeholder))$/;
/** Attributes and properties whose values are for the program. */
const unspoken =
  /^(?:className|classNames|href|key|id|role|style|rel|target|type|variant|size|color|density|d|x|y|fill|stroke|transform|gridTemplateColumns|gridTemplateAreas|background|border\w*|boxShadow|font\w*|padding|margin|transition|help|path|url|method|event|sql|query|queryKey|pattern|accept|autoComplete|allow|sandbox|data-\w+|aria-(?:controls|labelledby|describedby|keyshortcuts|haspopup|live|current)|viewBox|points|schedule|cron|userAgent|command|image|program|script|code|expression|formula|filter|where|textAnchor|action|traceparent|authorization|accept|cookie|csp|date|timeZone|onDelete|onUpdate)$/i;
/** Calls whose texts are for the program: logs, look-ups, paths, SQL. */
const silent =
  /^(?:RegExp|URL|Date|Set|Map|getLogger|debug|info|warn|fatal|query|execute|raw|unsafe|exec|prepare|run|runAndReadAll|includes|startsWith|endsWith|indexOf|split|replace|replaceAll|querySelector\w*|getElementById|getAttribute|setAttribute|addEventListener|removeEventListener|fetch|get|has|set|delete|require|resolve|index|uniqueIndex|check|primaryKey|foreignKey|unique|varchar|text|integer|regex|test|match|matches|matchAll|exportedWords|createHash|createHmac|update|spawn|execFile|createElement|matchMedia)$/;
/** Functions and variables that make texts: describeHold, formatAge, stateLabels, outcomeText. */
const maker =
  /^(?:describe|format|explain|say|tell|name|label|title|summari[sz]e|sentence)|(?:Labels?|Texts?|Titles?|Messages?|Names|Sentences?|Notes?|Hints?|Reasons?)$/i;
/** Files that hold texts. */
const texts = /(?:-text|-labels?|-message|-notes?|messages?|texts?|labels?|describe-[\w-]+|-words)\.tsx?$/;

const hyphenated = /^[a-z]+(?:[_-][a-z]+)+$|^[\w-]+#[\w-]+$/;
const codes = /^[a-z]+(?:[_-]?[a-z]+)*$|^[\w-]+#[\w-]+$/;
const words = /[A-Za-z]{2,}[^\s]* +(?:\S+ +)*?\S*[A-Za-z]|[A-Za-z]{2,}[,.:!?]? \$\{|\} [a-z]{2,}/;
const capitalised = /^[A-Z][a-z]+(?:-[a-z]+)?(?:…|\.|:|\?)?$/;
const machine = [
  // SQL
  /^\s*\(?(?:select|insert into|update \w+ set|delete from|with (?:recursive )?\w+ (?:as|\()|create (?:table|index|unique|schema|temp|extension|or replace|view|role|user|database)|alter (?:table|system|role)|lock table|set (?:local|session|lc_|statement)|begin|commit|rollback|listen|unlisten|notify [a-z_]+$|truncate|drop (?:table|index|schema|view)|copy [\w(]|explain \(|analy[sz]e |grant|pragma|attach|load |vacuum|refresh|declare|fetch \d|values ?\(|from \w+|where \w|order by|group by|and \w+\.|or \w+\.|on conflict|left join|join |limit \d)/,
  /\b(?:SELECT|INSERT INTO|DELETE FROM|CREATE TABLE|ORDER BY|IS NOT NULL|PRIMARY KEY|LEFT JOIN)\b/,
  // CSS, class names and paths of SVG
  /(?:^|[\s(])(?:var\(--|calc\(|minmax\(|translate\(|rgba?\(|max-width:|min-width:|ellipsis)|^[\d.]+(?:px|rem|fr|%) |\b\d*fr\b|^lw-|^M ?[\d$]/,
  // HTML
  /^<[\w/]+[ >]/,
  // Headers, media types, user agents
  /^(?:text|application|image|multipart|audio|video)\/|^(?:no-cache|no-store|public|private|max-age|same-origin|attachment;|inline;|Bearer|Basic)\b|^Mozilla\/|'self'|^\w+=\S*;/,
  // Addresses, paths and globs
  /^(?:https?|postgres|redis|s3|file|data|mailto|smtp):|^\/[\w[$./-]*(?:\?\S*)?$|^#\w+$/,
];

/** Whether people read a text, by where it stands and what it looks like. */
export function isReadable(value: string, place: Place): boolean {
  if (place.kind === "element") return /[A-Za-z]{2}/.test(value.replace(/\$\{[^}]*\}|<…>/g, ""));
  if (place.kind === "code") return false;
  const { name = "", of = "", file = "" } = place;
  const bare = value.replace(/\$\{[^}]*\}/g, "$").trim();
  if (!/[A-Za-z]{2}/.test(bare) || machine.some((each) => each.test(value))) return false;
  if (place.kind === "attribute" || place.kind === "property") {
    if (unspoken.test(name)) return false;
    // A single word in small letters may be a code, but not on screen.
    if (spoken.test(name)) return !(file.endsWith(".ts") ? codes : hyphenated).test(bare);
  }
  if (place.kind === "argument" && silent.test(name)) return false;
  if (words.test(value)) return true;
  const isMaker = maker.test(name) || maker.test(of) || texts.test(file);
  if (place.kind === "argument" || place.kind === "body") return false;
  if (capitalised.test(bare)) return isMaker || file.endsWith(".tsx") || maker.test(place.function ?? "");
  return isMaker && /^[a-z]+(?:[ -][a-z]+)*$/.test(bare) && place.kind === "property" && maker.test(of);
}
