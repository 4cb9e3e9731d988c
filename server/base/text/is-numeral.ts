import { limits } from "#server/base/limits.ts";

const numeral = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Returns whether a text is a decimal number, with or without fraction and exponent: "1", "-.5", "6.02e23". */
export function isNumeral(text: string): boolean {
  return text.length <= limits.numeralLength && numeral.test(text);
}
