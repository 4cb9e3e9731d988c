/** Describes a problem with a pattern in one sentence. */
class PatternProblem extends Error {}

const longest = 100;
/** Each may try every length of what is left, so that work grows with the length to this power. */
const maxOpen = 3;
/** Maximum length of a value that is matched: no pattern accepted here is slow on so few characters. */
export const maxValueLength = 200;

/**
 * Compiles a regular expression that takes little time for any value: no repeated groups, look-around or backreferences, and at most three
 * unbounded repetitions. @throws PatternProblem
 */
export function patternOf(source: string): RegExp {
  if (source.length > longest) throw new PatternProblem(`Patterns can have at most ${longest} characters.`);
  const plain = source.replace(/\\./g, "_").replace(/\[[^\]]*\]/g, "_");
  if (/\\[1-9k]/.test(source) || /\(\?/.test(plain))
    throw new PatternProblem("Patterns cannot use look-around or backreferences.");
  if (/\)[*+{?]/.test(plain)) throw new PatternProblem("Patterns cannot repeat groups.");
  const open = plain.match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  if (open > maxOpen) throw new PatternProblem(`Patterns can have at most ${maxOpen} unbounded repetitions.`);
  try {
    return new RegExp(source, "u");
  } catch {
    throw new PatternProblem(`"${source}" is not a valid regular expression.`);
  }
}
