import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { parsedObject } from "#server/base/parsed-json.ts";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";
import type { FlightDescriptor } from "./messages.ts";

const name = z.string().max(limits.nameLength);
const names = z.array(name).max(5_000);
const time = z.string().max(100);

/** What a client asks for, as JSON inside a descriptor: `api` and its parameters. */
const Command = z.discriminatedUnion("api", [
  z.object({
    api: z.literal("get_historical_features"),
    feature_view_names: names,
    /** By position of the views; null without an alias. */
    name_aliases: z.array(name.nullable()).max(5_000),
    feature_refs: names,
    project: name,
    full_feature_names: z.boolean(),
    start_date: time.nullish(),
    end_date: time.nullish(),
    entity_df_sql: z.string().nullish(),
  }),
  z.object({
    api: z.literal("get_table_column_names_and_types_from_data_source"),
    data_source_proto: z.string().max(limits.textLength),
  }),
  z.object({ api: z.literal("validate_data_source"), data_source_proto: z.string().max(limits.textLength) }),
  z.object({
    api: z.enum(["pull_all_from_table_or_query", "pull_latest_from_table_or_query"]),
    data_source_name: name,
    join_key_columns: names,
    feature_name_columns: names,
    timestamp_field: name,
    created_timestamp_column: name.nullish(),
    start_date: time.nullish(),
    end_date: time.nullish(),
  }),
  z.object({ api: z.literal("offline_write_batch"), feature_view_names: names.length(1) }),
  z.object({ api: z.enum(["persist", "write_logged_features"]) }),
]);
type Command = z.infer<typeof Command>;

/** A command that reads rows of a source. */
export type PullCommand = Extract<Command, { data_source_name: string }>;

/** A command by the name of its api. */
export type CommandOf<Api extends Command["api"]> = Extract<Command, { api: Api }>;

const maxBytes = 2 ** 20;

/** Reads the command of a call. @throws DomainError "invalid"; ZodError for wrong parameters */
export function readCommand({ cmd }: FlightDescriptor): Command {
  if (!cmd || cmd.length > maxBytes) throw new DomainError("invalid", "The descriptor has no command of Feast.");
  const text = Buffer.from(cmd.buffer, cmd.byteOffset, cmd.byteLength).toString("utf8");
  rejectDeepJson(text);
  const command = parsedObject(text);
  if (!command) throw new DomainError("invalid", "The command is not a JSON object.");
  return Command.parse(command);
}

/** Reads the name of the source that a client describes as JSON. What else it says of the source is the client's word. */
export function sourceNameOf(json: string): string {
  rejectDeepJson(json);
  const found = parsedObject(json)?.name;
  if (typeof found !== "string" || !found) throw new DomainError("invalid", "The data source has no name.");
  return found;
}
