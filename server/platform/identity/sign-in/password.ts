import { randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

// OWASP Password Storage Cheat Sheet, argon2id (the library's default variant): 19 MiB, 2 passes, 1 lane.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// Without letters and digits that are taken for another.
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

/** Returns the argon2id hash to store, including its salt and cost. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), cost);
}

let unknownUser: Promise<string> | undefined;

/** Returns whether the password matches the hash. Takes as long without a hash, so that timing does not reveal which accounts exist. */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  unknownUser ??= hashPassword(generatePassword());
  const matches = await verify(passwordHash ?? (await unknownUser), password.normalize("NFKC"));
  return matches && Boolean(passwordHash);
}

/** Generates a password of 20 letters and digits (99 bits) in groups that are easy to read out. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return Array.from({ length: 4 }, group).join("-");
}
