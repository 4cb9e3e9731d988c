/**
 * Last migration of the oldest version of Leeway that works with the schema of this one. Roles of that version may run beside roles of
 * this one during an upgrade; older ones say that they are too old. A migration that takes something away from earlier versions must
 * raise it: narrowing.test.ts compares it with the SQL.
 */
export const oldestCompatible = "0003_safe_to_expose";
