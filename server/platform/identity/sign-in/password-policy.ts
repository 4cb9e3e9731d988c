import { DomainError } from "#server/base/errors.ts";
import { passwordLength, passwordProblems } from "../constants.ts";
import type { PasswordProblem } from "../contract.ts";

/**
 * Rejects passwords that are guessed first: short ones, common ones, the words known about the person, and repetitions; digits and signs at
 * the end change nothing of that. NIST SP 800-63B asks for such a list, and for no rules about kinds of characters.
 * @param about what is known about the person: name, email, name and slug of the workspace
 * @throws DomainError "invalid" with the field
 */
export async function requireStrongPassword(password: string, about: readonly string[], field: string): Promise<void> {
  const problem = await passwordProblemOf(password, about);
  if (problem) throw new DomainError("invalid", passwordProblems[problem], { field });
}

/** Returns what is wrong with a password, for requireStrongPassword. */
export async function passwordProblemOf(
  password: string,
  about: readonly string[],
): Promise<PasswordProblem | undefined> {
  const text = password.normalize("NFKC").toLowerCase();
  const length = [...text].length;
  if (length < passwordLength.min) return "short";
  if (length > passwordLength.max) return "long";
  const unit = repeatedUnit(text);
  if (new Set(text).size < minDistinct) return "repeated";
  if (isMadeOf(text, wordsOf([...about, "leeway"]))) return "personal";
  if (sequences.some((sequence) => sequence.includes(text))) return "common";
  const common = await commonPasswords();
  const candidates = [text, unit, withoutEnding(text), withoutEnding(unit)];
  return candidates.some((candidate) => common.has(candidate)) ? "common" : undefined;
}

const minDistinct = 4;
const sequences = ["0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz"].map((row) => row.repeat(21));
const minWordLength = 3;

let common: Promise<Set<string>> | undefined;

/** Loads 49,000 common passwords at first use: 0.4 MB of text, some 20 ms. */
function commonPasswords(): Promise<Set<string>> {
  common ??= import("@zxcvbn-ts/language-common").then(({ dictionary }) => new Set(dictionary["passwords-common"]));
  return common;
}

/** Returns the shortest text whose repetition is the whole: "abc" for "abcabcabc". */
function repeatedUnit(text: string): string {
  return text.slice(0, (text + text).indexOf(text, 1));
}

const isLetter = (character: string) => /^\p{L}$/u.test(character);
const isDigit = (character: string) => character >= "0" && character <= "9";

/** Returns a text up to its last letter: "dragon" for "dragon-2026!!". */
function withoutEnding(text: string): string {
  const characters = [...text];
  return characters.slice(0, characters.findLastIndex(isLetter) + 1).join("");
}

/** Returns each word of the texts, and each text without what separates its words. */
function wordsOf(texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => {
    const separated = [...text.normalize("NFKC").toLowerCase()].map((each) =>
      isLetter(each) || isDigit(each) ? each : " ",
    );
    return [...separated.join("").split(" "), separated.join("").replaceAll(" ", "")];
  });
  return [...new Set(words)].filter((word) => word.length >= minWordLength).toSorted((a, b) => b.length - a.length);
}

/** Returns whether nothing is left of the letters of a text without these words, the longest first. */
function isMadeOf(text: string, words: readonly string[]): boolean {
  const compact = [...text].filter((each) => isLetter(each) || isDigit(each)).join("");
  const rest = words.reduce((left, word) => left.replaceAll(word, " "), compact);
  return rest !== compact && ![...rest].some(isLetter);
}
