import { type AnyColumn, getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import {
  channels,
  deployments,
  featureConnections,
  imports,
  secondFactors,
  systemValues,
  trainingEngines,
  webhooks,
} from "#db/schema/index.ts";

export interface EncryptedColumn {
  table: PgTable;
  column: AnyColumn;
  /** Identifies the row that a value is bound to. */
  row: AnyColumn;
  /** Rows with a secret; undefined if all are. Their values are JSON texts. */
  rows?: readonly string[];
}

/** Values of system_values that are secret. */
const secretSystemValues = ["session-secret", "bundle-key", "load-test-key", "launch-key"] as const;
export type SecretSystemValue = (typeof secretSystemValues)[number];

/** Every column whose values are encrypted. A new one is listed here, and then `storedSecret()` is its type in db/schema. */
export const encryptedColumns = {
  "webhooks.secret": { table: webhooks, column: webhooks.secret, row: webhooks.id },
  "webhooks.previous_secret": { table: webhooks, column: webhooks.previousSecret, row: webhooks.id },
  "channels.secret": { table: channels, column: channels.secret, row: channels.id },
  "channels.callback_secret": { table: channels, column: channels.callbackSecret, row: channels.id },
  "deployments.engine_secret": { table: deployments, column: deployments.engineSecret, row: deployments.id },
  "feature_connections.secret": {
    table: featureConnections,
    column: featureConnections.secret,
    row: featureConnections.id,
  },
  "imports.secret": { table: imports, column: imports.secret, row: imports.id },
  "training_engines.secret": { table: trainingEngines, column: trainingEngines.secret, row: trainingEngines.id },
  "second_factors.secret": { table: secondFactors, column: secondFactors.secret, row: secondFactors.userId },
  "system_values.value": {
    table: systemValues,
    column: systemValues.value,
    row: systemValues.key,
    rows: secretSystemValues,
  },
} satisfies Record<string, EncryptedColumn>;

/** Name of an encrypted column: its table and column in the database. It is part of what every value is bound to. */
export type EncryptedColumnName = keyof typeof encryptedColumns;

/** Names and definitions of all encrypted columns. */
export const allEncryptedColumns = Object.entries(encryptedColumns) as [EncryptedColumnName, EncryptedColumn][];

/** Returns what a value is bound to, so that it cannot be decrypted in another row or column. */
export function bindingOf(name: EncryptedColumnName, row: string | number): string[] {
  const [, column = ""] = name.split(".");
  return [getTableName(encryptedColumns[name].table), column, String(row)];
}
