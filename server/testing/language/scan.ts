/** Names and texts of a source file, with their position in it. Comments are neither. */
export interface Scanned {
  /** Each name once, where it comes first. */
  names: Found[];
  texts: Found[];
}

interface Found {
  value: string;
  at: number;
}

/** After these characters and words a slash starts a regular expression. */
const beforePattern = /(?:^|[(,=:[!&|?{};+>~<]|\b(?:return|typeof|case|of|in))\s*$/;
const pattern = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
/** What neither begins nor ends anything. */
const plain = /[^/"'`{}]+/y;
const quoted = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y;
/** Text between elements: no code has words between ">" or "}" and "<" or "{" without any operator. */
const betweenElements =
  /(?<=(?<![=-])>|\})(?!\s*(?:as|catch|class|do|else|enum|export|finally|from|interface|satisfies|try|type)\b)[^<>{}=;()]*[A-Za-z][^<>{}=;()]*(?=[<{])/g;

/** Splits a source file of TypeScript into names and texts: string literals, templates without their expressions, and text of JSX. */
export function scan(file: string, source: string): Scanned {
  const texts: Found[] = [];
  const code = blankTexts(source, texts);
  const rest = file.endsWith(".tsx") ? blankElements(code, texts) : code;
  const names = new Map<string, number>();
  for (const { 0: value, index } of rest.matchAll(/[A-Za-z_$][\w$]*/g)) if (!names.has(value)) names.set(value, index);
  return { names: Array.from(names, ([value, at]) => ({ value, at })), texts };
}

/** The line of a position, from 1. */
export function lineAt(source: string, at: number): number {
  return source.slice(0, at).split("\n").length;
}

/** Blanks comments, patterns and texts, and collects the texts. Every character keeps its position. */
function blankTexts(source: string, texts: Found[]): string {
  const parts: string[] = [];
  // One entry per open template: how many braces its expression has open.
  const templates: number[] = [];
  let [at, from] = [0, 0];
  const blank = (end: number) => {
    parts.push(source.slice(from, at), source.slice(at, end).replace(/[^\n]/g, " "));
    at = from = end;
  };
  const text = (end: number) => {
    texts.push({ value: source.slice(at, end), at });
    blank(end);
  };
  const matchAt = (expression: RegExp) => {
    expression.lastIndex = at;
    return expression.exec(source)?.[0].length ?? 0;
  };
  const isExpression = (position: number) => source[position] === "$" && source[position + 1] === "{";
  const template = () => {
    let end = at + 1;
    while (end < source.length && source[end] !== "`" && !isExpression(end)) end += source[end] === "\\" ? 2 : 1;
    if (isExpression(end)) templates.push(0);
    text(Math.min(source.length, end + (isExpression(end) ? 2 : 1)));
  };
  while (at < source.length) {
    at += matchAt(plain);
    const character = source[at];
    if (character === "/") {
      const length =
        matchAt(comment) || (beforePattern.test(source.slice(Math.max(0, at - 20), at)) ? matchAt(pattern) : 0);
      if (length > 0) blank(at + length);
      else at += 1;
    } else if (character === '"' || character === "'") {
      const length = matchAt(quoted);
      if (length > 0) text(at + length);
      else at += 1;
    } else if (character === "`") template();
    else if (templates.length > 0 && character === "{") {
      templates.push((templates.pop() ?? 0) + 1);
      at += 1;
    } else if (templates.length > 0 && character === "}") {
      const open = templates.pop() ?? 0;
      if (open === 0) template();
      else {
        templates.push(open - 1);
        at += 1;
      }
    } else at += 1;
  }
  parts.push(source.slice(from));
  return parts.join("");
}

function blankElements(code: string, texts: Found[]): string {
  return code.replace(betweenElements, (value, at: number) => {
    texts.push({ value: value.replace(/\s+/g, " "), at });
    return value.replace(/[^\n]/g, " ");
  });
}
