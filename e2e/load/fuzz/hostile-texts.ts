import { limits } from "#server/base/limits.ts";

const length = 64 * 1024;

const fill = (part: string) => part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** Texts of 64 KB on which parsers and regular expressions tend to take more than linear time, and times that make a range endless. */
export const hostileTexts: Record<string, string> = {
  past: "-271821-04-20T00:00:00Z",
  future: "+275760-09-13T00:00:00Z",
  firstInstant: limits.firstInstant,
  lastInstant: limits.lastInstant,
  blanks: fill(" "),
  tabs: fill(" \t"),
  lines: fill(" \n"),
  returns: `${fill(" ").slice(2)}\rx`,
  digits: `${fill("1").slice(1)}x`,
  zeros: `${fill("0").slice(1)}x`,
  letters: `${fill("a").slice(1)}!`,
  capitals: fill("aA"),
  dots: fill("."),
  words: fill("a."),
  dashes: `${fill("-").slice(1)}x`,
  slashes: `${fill("/").slice(1)}x`,
  segments: fill("/a"),
  commas: fill(","),
  colons: fill("a: "),
  brackets: fill("["),
  braces: fill("{"),
  pairs: fill("[]"),
  links: fill("[a]("),
  variables: fill("{{"),
  parentheses: fill("("),
  quotes: fill('"'),
  apostrophes: fill("'"),
  backslashes: fill("\\"),
  conditions: fill("a = 'b' and "),
  matchers: fill('a=~"b",'),
  ands: fill("and "),
  escapes: fill("%20"),
  json: `${fill("[").slice(0, length / 2)}${fill("]").slice(0, length / 2)}`,
  yaml: fill("- "),
  emoji: fill("👩‍👩‍👧"),
};
