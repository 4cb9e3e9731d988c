import { type AnyPgColumn, bigint, customType, timestamp, uuid } from "drizzle-orm/pg-core";
import { workspaces } from "./workspaces.ts";

/** A moment in time, independent of any time zone. */
export const instant = () => timestamp({ withTimezone: true });

/** Integer milliseconds since 1970 UTC, as sent by MLflow clients. */
export const milliseconds = () => bigint({ mode: "number" });

/** Integer microseconds since 1970 UTC, exact until 2255, where the milliseconds of a date are too coarse. */
export const microseconds = () => bigint({ mode: "number" });

export const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** A required reference to the row that owns this one, which is deleted with its owner. */
export const belongsTo = (owner: () => AnyPgColumn) => uuid().notNull().references(owner, { onDelete: "cascade" });

export const ofWorkspace = () => belongsTo(() => workspaces.id);
