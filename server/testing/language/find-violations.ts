import { glossary } from "./glossary.ts";
import { lineAt, scan, type Text } from "./scan.ts";
import { exceptions, nameRules, partRules, textRules } from "./vocabulary.ts";

export interface Source {
  file: string;
  source: string;
}

/** Whether the texts of a file are for tests only, whose titles are no texts of the product. */
export const isOfTests = (file: string) => /\.(?:test|spec|e2e)\.tsx?$|^e2e\/|^server\/testing\//.test(file);

/** The names and texts of sources that the rules refuse, one line each, with what to write instead. */
export function findViolations(sources: readonly Source[], allowed = exceptions): string[] {
  const needed = new Set<(typeof allowed)[number]>();
  const isAllowed = (file: string, fits: (value: string) => boolean) => {
    const found = allowed.filter(({ value, under = "" }) => fits(value) && file.startsWith(under));
    for (const each of found) needed.add(each);
    return found.length > 0;
  };
  const problems = sources.flatMap(({ file, source }) => {
    const { names, texts } = scan(file, source);
    const ofNames = names.flatMap(({ value, at }) => {
      const instead = insteadOfName(value);
      if (!instead || isAllowed(file, (name) => name === value)) return [];
      return [`${file}:${lineAt(source, at)} \`${value}\`: use ${instead}.`];
    });
    if (isOfTests(file)) return ofNames;
    const ofTexts = texts.flatMap((text) => {
      const found = refusedIn(file, text);
      if (!found || isAllowed(file, (part) => text.value.includes(part))) return [];
      return [`${file}:${lineAt(source, text.at)} "${found.words}": write ${found.instead}.`];
    });
    return [...ofNames, ...ofTexts];
  });
  const unused = allowed.filter((each) => !needed.has(each));
  return [
    ...problems,
    ...unused.map(({ value }) => `vocabulary.ts: nothing needs the exception "${value}". Remove it.`),
  ];
}

const glossaryRules = Object.values(glossary).flat();

function refusedIn(file: string, { value, isReadable }: Text): { words: string; instead: string } | undefined {
  // Names in an expression are checked as names.
  const text = value.replace(/\$\{[^}]*\}/g, "$${}").trim();
  for (const { pattern, instead } of textRules) {
    const words = pattern.exec(text)?.[0];
    if (words) return { words, instead };
  }
  if (!isReadable) return undefined;
  for (const { pattern, instead, except } of glossaryRules) {
    const words = pattern.exec(text)?.[0];
    if (words && !except?.test(file)) return { words, instead };
  }
  return undefined;
}

const known = new Map<string, string | undefined>();

function insteadOfName(name: string): string | undefined {
  if (!known.has(name)) known.set(name, ruleFor(name));
  return known.get(name);
}

function ruleFor(name: string): string | undefined {
  for (const { pattern, instead } of nameRules) if (pattern.test(name)) return name.replace(pattern, instead);
  for (const part of name.split(/(?=[A-Z])|[_$\d]/)) {
    const key = part.toLowerCase();
    if (Object.hasOwn(partRules, key)) return partRules[key];
  }
  return undefined;
}
