import { createHash } from "node:crypto";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { parsedJson } from "#server/base/parsed-json.ts";

/** A value that rows are sorted by. */
export type SortValue = string | number;
export type SortKind = "text" | "number";

const Content = z.object({ query: z.string(), after: z.array(z.union([z.string(), z.number()])) });

/**
 * Encodes the token of the page after a row: the values that the row is sorted by, bound to the query. The next page thus continues
 * where the last one ended, whatever was added meanwhile.
 * @param query everything that determines which rows are found and in which order.
 */
export function encodePageToken(query: unknown, after: readonly SortValue[]): string {
  return Buffer.from(JSON.stringify({ query: fingerprint(query), after })).toString("base64");
}

/**
 * Decodes a page token. @param kinds of the values that rows are sorted by.
 * @returns the values to continue after; undefined for the first page.
 * @throws DomainError "invalid" for an invalid token, or one of another search.
 */
export function decodePageToken(
  token: string | undefined,
  query: unknown,
  kinds: readonly SortKind[],
): SortValue[] | undefined {
  if (!token) return undefined;
  if (token.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(token)) {
    throw new DomainError("invalid", "Invalid page token, could not base64-decode");
  }
  const { data } = Content.safeParse(parsedJson(Buffer.from(token, "base64").toString()));
  if (!data) throw new DomainError("invalid", "Invalid page token");
  if (data.query !== fingerprint(query)) {
    throw new DomainError("invalid", "Invalid page token: it belongs to a search with another filter or order.");
  }
  const isComplete =
    data.after.length === kinds.length && data.after.every((value, index) => kindOf(value) === kinds[index]);
  if (!isComplete) throw new DomainError("invalid", "Invalid page token");
  return data.after;
}

function kindOf(value: SortValue): SortKind {
  return typeof value === "number" ? "number" : "text";
}

function fingerprint(query: unknown): string {
  return createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 16);
}
