/**
 * Types of the JSON columns whose shape belongs to a domain, by table and column. db imports no domain: each floor of server/ adds the types of
 * what it stores, in `server/<floor>/stored/json-columns.ts`. Columns that hold texts, numbers or what a client sent say so themselves.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the floors of server/.
export interface JsonColumns {}

/** What is read of a value that was stored as JSON: a date comes back as text, and a schema makes a date of it again. */
export type Stored<Value> = Value extends Date
  ? Date | string
  : Value extends object
    ? { [Key in keyof Value]: Stored<Value[Key]> }
    : Value;
