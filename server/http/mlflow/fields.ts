import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";
import { isNumeral } from "#server/base/text/is-numeral.ts";

/** Reader of one argument of an MLflow call. `path` names it in messages: "metrics[0].key". */
export interface Field<Value> {
  read(sent: unknown, path: string): Value;
  /** A query argument that may be repeated. */
  readonly isList?: boolean;
}

export type Fields = Record<string, Field<unknown>>;
export type Values<Shape extends Fields> = {
  [Name in keyof Shape]: Shape[Name] extends Field<infer Value> ? Value : never;
};

const seeDocs = "See the API docs for more information about request parameters.";
const isAbsent = (sent: unknown): boolean => sent === undefined || sent === null;

/** Creates the error for a missing argument. */
export function missing(path: string): DomainError {
  return new DomainError("invalid", `Missing value for required parameter '${path}'. ${seeDocs}`);
}

/** Creates the error for an argument of the wrong type or form, in the wording of MLflow (a Python program). */
export function wrongType(sent: unknown, path: string): DomainError {
  return new DomainError(
    "invalid",
    `Invalid value ${JSON.stringify(sent)} for parameter '${path}' supplied:  Hint: Value was of type '${pythonType(sent)}'. ${seeDocs}`,
  );
}

function pythonType(value: unknown): string {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
}

function optional<Value>(parse: (sent: unknown) => Value | undefined): Field<Value | undefined> {
  return {
    read(sent, path) {
      if (isAbsent(sent)) return undefined;
      const value = parse(sent);
      if (value === undefined) throw wrongType(sent, path);
      return value;
    },
  };
}

/**
 * Returns a string field. Postgres can store neither NUL nor lone surrogates in JSON, so both are rejected here.
 * @param max its maximum length, beyond the limit of what it names, whose message is MLflow's
 */
export function text(max: number = limits.textLength): Field<string | undefined> {
  const field = optional((sent) =>
    typeof sent === "string" && !sent.includes("\0") && sent.isWellFormed() ? sent : undefined,
  );
  return {
    read(sent, path) {
      if (typeof sent === "string") checkLength(sent.length, max, "characters", path);
      return field.read(sent, path);
    },
  };
}

/** Checks a length, with the wording of MLflow's own limits. */
function checkLength(length: number, max: number, what: string, path: string): void {
  if (length > max) {
    throw new DomainError("invalid", `'${path}' exceeds the maximum length of ${formatCount(max)} ${what}`);
  }
}

/** Returns an integer field, read from a JSON number or a decimal string, within the range that a double holds exactly. */
export function int64(): Field<number | undefined> {
  return optional((sent) => {
    const value = typeof sent === "string" && /^[+-]?\d+$/.test(sent) ? Number(sent) : sent;
    return Number.isSafeInteger(value) ? (value as number) : undefined;
  });
}

const special: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
};

/** Returns a double field, read from a JSON number, a decimal string, or the name of NaN or an infinity. */
export function double(): Field<number | undefined> {
  return optional((sent) => {
    if (typeof sent === "number") return sent;
    if (typeof sent !== "string") return undefined;
    if (isNumeral(sent)) return Number(sent);
    return special[sent.toLowerCase()];
  });
}

/** Returns a boolean field; in a query also accepts Python's spelling. */
export function flag(): Field<boolean | undefined> {
  return optional((sent) => {
    const word = typeof sent === "string" ? sent.toLowerCase() : sent;
    if (word === true || word === "true") return true;
    return word === false || word === "false" ? false : undefined;
  });
}

/** Returns a field for one of the given names, or its number, counted from 1 in the order given. */
export function choice<Name extends string>(names: readonly Name[]): Field<Name | undefined> {
  return optional((sent) => {
    if (typeof sent === "number" || (typeof sent === "string" && /^\d+$/.test(sent))) return names[Number(sent) - 1];
    return names.find((name) => name === sent);
  });
}

/** Returns a list field; an absent list is empty. */
export function list<Item>(item: Field<Item>): Field<Item[]> {
  return {
    isList: true,
    read(sent, path) {
      if (isAbsent(sent)) return [];
      if (!Array.isArray(sent)) throw wrongType(sent, path);
      checkLength(sent.length, limits.callListLength, "items", path);
      return sent.map((one, index) => item.read(one, `${path}[${index}]`));
    },
  };
}

/** Returns an object field that ignores unknown members. Error messages name its members by `path` and a dot. */
export function record<Shape extends Fields>(shape: Shape): Field<Values<Shape>> {
  const entries = Object.entries(shape);
  return {
    read(sent, path) {
      if (typeof sent !== "object" || sent === null || Array.isArray(sent)) throw wrongType(sent, path);
      const prefix = path ? `${path}.` : "";
      const values: Record<string, unknown> = {};
      for (const [name, field] of entries) {
        values[name] = field.read((sent as Record<string, unknown>)[name], prefix + name);
      }
      return values as Values<Shape>;
    },
  };
}

/** Makes an argument optional that is otherwise required. */
export function maybe<Value>(field: Field<Value>): Field<Value | undefined> {
  return { ...field, read: (sent, path) => (isAbsent(sent) ? undefined : field.read(sent, path)) };
}

/** Returns a field of texts by arbitrary keys; an absent one is empty. */
export function textMap(): Field<Record<string, string>> {
  const value = withDefault(text(), "");
  return {
    read(sent, path) {
      if (isAbsent(sent)) return {};
      if (typeof sent !== "object" || Array.isArray(sent)) throw wrongType(sent, path);
      const entries = Object.entries(sent as object);
      checkLength(entries.length, limits.callListLength, "items", path);
      return Object.fromEntries(
        entries.map(([key, one]) => {
          checkLength(key.length, limits.nameLength, "characters", `${path} key`);
          return [key, value.read(one, `${path}.${key}`)];
        }),
      );
    },
  };
}

/** Returns a field that accepts any JSON. */
export const anything = (): Field<unknown> => ({ read: (sent) => sent });

/** Refuses absent, null and "". */
export function required<Value>(field: Field<Value>): Field<NonNullable<Value>> {
  return {
    ...field,
    read(sent, path) {
      if (isAbsent(sent) || sent === "") throw missing(path);
      return field.read(sent, path) as NonNullable<Value>;
    },
  };
}

/** Returns a field with a default value for an absent argument. */
export function withDefault<Value>(field: Field<Value | undefined>, value: Value): Field<Value> {
  return { ...field, read: (sent, path) => field.read(sent, path) ?? value };
}

/** Returns a field for a tag or param: an absent `value` means "". */
export const keyAndValue = () => record({ key: required(text()), value: value() });

/** Returns a field for the value of a tag or param, which is cut if it is too long. */
export const value = () => withDefault(text(limits.fileTextLength), "");
