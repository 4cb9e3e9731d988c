import { getTableName, is } from "drizzle-orm";
import { getTableConfig, PgDialect, PgTable } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import * as schema from "#db/schema/index.ts";
import { encryptedColumns } from "#server/platform/secrets/encrypted-columns.ts";

const hash = "a hash (Argon2), from which the secret cannot be computed";
const name = "a name or identifier that people see";
const file = "the path of a file in the artifact store";
const entity = "the key of an entity, which names what a row is about";
const wrapped = "encrypted with the master key, which is not in the database";

/** Columns whose names look like those of secrets, and why they need no encryption. */
const exceptions: Record<string, string> = {
  "alert_events.group_key": name,
  "alert_events.rule_key": name,
  "alert_groups.group_key": name,
  "alert_verdicts.rule_key": name,
  "alerts.rule_key": name,
  "artifact_files.key": file,
  "artifact_uploads.key": file,
  "channel_callbacks.key": name,
  "dataset_uploads.artifact_key": file,
  "dataset_versions.artifact_key": file,
  "encryption_keys.master_key_id": "a fingerprint, which says nothing about the key",
  "encryption_keys.wrapped_key": wrapped,
  "experiment_tags.key": name,
  "evaluation_runs.rows_key": file,
  "evaluation_sets.rows_key": file,
  "exports.artifact_key": file,
  "feature_arrivals.key": entity,
  "feature_entities.join_key": name,
  "feature_files.artifact_key": file,
  "feature_files.max_key": entity,
  "feature_files.min_key": entity,
  "feature_key_removals.key": entity,
  "feature_key_removals.key_digest": "a hash (SHA-256) of an entity key, by which a receipt can be checked",
  "feature_latest.key": entity,
  "idempotency_records.key": name,
  "imports.artifact_key": file,
  "invitations.secret_hash": "a hash (SHA-256) of a random secret",
  "inference_tasks.result_key": file,
  "label_tasks.group_key": name,
  "logged_model_metrics.key": name,
  "logged_model_params.key": name,
  "logged_model_tags.key": name,
  "metric_series.key": name,
  "model_version_tags.key": name,
  "model_versions.artifact_key": file,
  "feature_findings.key": name,
  "monitoring_findings.key": name,
  "notifications.deduplication_key": name,
  "reference_profiles.sample_key": file,
  "registered_model_tags.key": name,
  "rule_states.rule_key": name,
  "run_params.key": name,
  "run_tags.key": name,
  "sign_in_episodes.key": name,
  "sli_series.key": name,
  "system_values.key": name,
  "task_inputs.artifact_key": file,
  "timeline_events.deduplication_key": name,
  "training_attempts.token_hash": "a hash (SHA-256) of a random token",
  "training_cache.key": "a hash (SHA-256) of what a result was made from",
  "trusted_keys.public_key": "a public key",
  "users.password_hash": hash,
};

const tables: PgTable[] = Object.values(schema).flatMap((value) => (is(value, PgTable) ? [value] : []));
const { casing } = new PgDialect({ casing: "snake_case" }) as unknown as {
  casing: { getColumnCasing(column: unknown): string };
};
const columns = tables.flatMap((table) =>
  getTableConfig(table).columns.map((column) => ({
    name: `${getTableName(table)}.${casing.getColumnCasing(column)}`,
    type: column.getSQLType(),
  })),
);
const looksSecret = columns
  .filter(({ type }) => /^(?:text|jsonb?|varchar|bytea)/.test(type))
  .filter(({ name }) => /secret|key|token|password|credential/.test(name.split(".")[1] ?? ""))
  .map(({ name }) => name);

test("encrypts every column that looks like a secret, or says why not", () => {
  const decided = new Set([...Object.keys(encryptedColumns), ...Object.keys(exceptions)]);
  expect(looksSecret.filter((name) => !decided.has(name))).toEqual([]);
});

test("lists only columns that exist, each once", () => {
  const known = new Set(columns.map(({ name }) => name));
  const listed = [...Object.keys(encryptedColumns), ...Object.keys(exceptions)];
  expect(listed.filter((name) => !known.has(name))).toEqual([]);
  expect(Object.keys(exceptions).filter((name) => name in encryptedColumns)).toEqual([]);
});
