import { bigint, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant } from "./columns.ts";
import { users } from "./identity.ts";
import { storedSecret } from "./stored-secret.ts";

/** Authenticator app of a person (TOTP, RFC 6238). Above workspaces, as the account is. */
export const secondFactors = pgTable("second_factors", {
  userId: belongsTo(() => users.id).primaryKey(),
  /** Shared secret, in base 32 before its encryption. */
  secret: storedSecret().notNull(),
  createdAt: instant().notNull().defaultNow(),
  /** Since when sign-in asks for a code; null while the person has not entered a first code. */
  confirmedAt: instant(),
  /** Time step of the last accepted code, so that nobody can use a code twice. */
  lastStep: bigint({ mode: "number" }),
  /** Wrong codes in a row, each after the right password. */
  failures: integer().notNull().default(0),
  lastFailureAt: instant(),
});

/** Codes for a person without their phone, each valid once. */
export const recoveryCodes = pgTable(
  "recovery_codes",
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: belongsTo(() => users.id),
    /** SHA-256 of the code, hex. */
    hash: text().notNull(),
    usedAt: instant(),
  },
  (table) => [index("recovery_codes_user").on(table.userId)],
);
