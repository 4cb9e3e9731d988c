import { notFound } from "next/navigation";
import { DomainError } from "#server/base/errors.ts";

/** What a query finds; an address whose thing is not there becomes the page that says so. */
export async function found<Thing>(query: Promise<Thing>): Promise<Thing> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not-found") notFound();
    throw error;
  }
}

/** What a query finds; undefined when it is not there. */
export async function foundOrNot<Thing>(query: Promise<Thing>): Promise<Thing | undefined> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  }
}
