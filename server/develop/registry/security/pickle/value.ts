/** What is known of something on the stack of a pickle, without making it. All empty: nothing is. */
export interface Value {
  text?: string;
  number?: number;
  /** "module name" of what was imported. */
  global?: string;
  /** Of a short tuple. */
  items?: readonly Value[];
  /** Of a dict: those with text as key. */
  entries?: Map<string, Value>;
  /** What was called to make it, and with what. */
  maker?: Value;
  argument?: Value;
}

export const unknown: Value = Object.freeze({});
export const mark: Value = Object.freeze({});
