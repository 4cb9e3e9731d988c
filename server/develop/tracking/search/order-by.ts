import { DomainError } from "#server/base/errors.ts";
import type { Subject, ValueType, Vocabulary } from "./filter.ts";
import { Scanner } from "./scanner.ts";
import { resolveSubject } from "./subject.ts";

export interface OrderKey {
  subject: Subject;
  type: ValueType;
  isDescending: boolean;
}

/** More would be more joins than a planner thinks through. */
const maxKeys = 20;

/**
 * Parses the elements of an order, each a name with an optional ASC or DESC.
 * @throws DomainError "invalid", also for duplicate fields.
 */
export function parseOrder(elements: readonly string[], vocabulary: Vocabulary): OrderKey[] {
  if (elements.length > maxKeys) throw new DomainError("invalid", `Results can be sorted by at most ${maxKeys} keys.`);
  const keys = elements.map((element) => parseElement(element, vocabulary));
  const names = keys.map(({ subject }) => `${subject.entity}.${subject.key}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new DomainError("invalid", `\`order_by\` contains duplicate fields: ${twice}`);
  return keys;
}

function parseElement(element: string, vocabulary: Vocabulary): OrderKey {
  const scanner = new Scanner(element);
  const parts = nameOf(scanner);
  if (!parts) throw scanner.refusal(`Invalid order_by clause '${element}'. Could not be parsed.`);
  const isDescending = scanner.keyword("DESC");
  if (!isDescending) scanner.keyword("ASC");
  if (!scanner.isAtEnd) throw scanner.refusal(`Invalid ordering key in order_by clause '${element}'.`);
  return { ...resolveSubject(parts, vocabulary, (message) => scanner.refusal(message, 0)), isDescending };
}

function nameOf(scanner: Scanner): string[] | undefined {
  try {
    return scanner.name();
  } catch {
    return undefined;
  }
}
