import type { FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";

const maxId = Number.MAX_SAFE_INTEGER;

/** Returns an id of the path. Anything else than a number is the id of nothing. @throws DomainError "not-found" */
export function idOf({ params }: FastifyRequest, name: string, what: string): number {
  const text = (params as Record<string, string>)[name] ?? "";
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (id >= 1 && id <= maxId) return id;
  throw noMatch(what);
}

/** Returns an id in a body or a query. @throws DomainError "invalid" */
export function idFrom(sent: unknown, field: string): number {
  const id = typeof sent === "string" && /^\d{1,16}$/.test(sent) ? Number(sent) : sent;
  if (typeof id === "number" && Number.isSafeInteger(id) && id >= 1) return id;
  throw new DomainError("invalid", sent === undefined ? "This field is required." : "A valid integer is required.", {
    field,
  });
}

/** The last value of each name in a query. */
export function queryOf({ query }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(query as Record<string, string | string[]>).map(([name, value]) => [name, [value].flat().at(-1)]),
  );
}

export const isOn = (text: string | undefined) => text !== undefined && /^(true|1|yes|on)$/i.test(text);

/** Reads which page a query asks for. @throws DomainError "not-found", which ends the paging of clients */
export function pageOf(
  query: Record<string, string | undefined>,
  defaultSize: number,
): { page: number; pageSize: number } {
  const page = numberFrom(query.page, 1);
  const pageSize = Math.min(numberFrom(query.page_size, defaultSize), 1_000);
  if (page < 1 || page > 1_000_000 || pageSize < 1) throw noPage();
  return { page, pageSize };
}

function numberFrom(text: string | undefined, fallback: number): number {
  if (text === undefined || text === "") return fallback;
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

export const noPage = () => new DomainError("not-found", "Invalid page.");

export const noMatch = (what: string) => new DomainError("not-found", `No ${what} matches the given query.`);

/** Names what was not found as Label Studio does. */
export async function orNoMatch<Result>(what: string, result: Promise<Result>): Promise<Result> {
  return result.catch((error: unknown) => {
    throw error instanceof DomainError && error.code === "not-found" ? noMatch(what) : error;
  });
}
