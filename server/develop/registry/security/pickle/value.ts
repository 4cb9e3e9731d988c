/** Knowledge about an object on the stack of a pickle, without creating it. Empty when nothing is known. */
export interface Value {
  text?: string;
  number?: number;
  /** "module name" of what was imported. */
  global?: string;
  /** Items of a short tuple. */
  items?: readonly Value[];
  /** Entries of a dict with text keys. */
  entries?: Map<string, Value>;
  /** Callable that created the object, and its argument. */
  maker?: Value;
  argument?: Value;
}

export const unknown: Value = Object.freeze({});
export const mark: Value = Object.freeze({});
