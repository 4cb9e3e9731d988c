/** What is wrong with a pattern, in a sentence. */
class PatternProblem extends Error {}

const longest = 100;
/** Each may try every length of what is left, so that work grows with the length to this power. */
const maxOpen = 3;
/** Longer values are not looked at further: no pattern of the above is slow on so few characters. */
export const maxValueLength = 200;

/**
 * A regular expression that takes little time whatever the value: groups are not repeated, nothing looks around or back, and at most three
 * parts are repeated without end. @throws PatternProblem
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
