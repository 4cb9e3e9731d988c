import { notFound } from "next/navigation";
import { DomainError } from "#server/base/errors.ts";

/** Awaits a query; a missing object leads to the not-found page. */
export async function found<Thing>(query: Promise<Thing>): Promise<Thing> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not-found") notFound();
    throw error;
  }
}

/** Awaits a query; returns undefined when the object does not exist. */
export async function foundOrNot<Thing>(query: Promise<Thing>): Promise<Thing | undefined> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  }
}
