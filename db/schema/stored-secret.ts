import { text } from "drizzle-orm/pg-core";

declare const stored: unique symbol;

/**
 * A secret as it is stored: encrypted by server/platform/secrets, or readable as an older version stored it. It is no string for the
 * compiler, so that nobody sends one that was not decrypted, or stores one that was not encrypted.
 */
export interface StoredSecret {
  readonly [stored]: true;
}

/** A column of encrypted secrets. Each is listed in server/platform/secrets/encrypted-columns.ts. */
export const storedSecret = () => text().$type<StoredSecret>();
