import { notFound } from "next/navigation";
import { z } from "zod";

/** Reads the id of a sweep from an address; what is none leads to the not-found page, before a query asks the database for it. */
export function sweepId(text: string): string {
  const id = z.uuid().safeParse(text);
  return id.success ? id.data : notFound();
}
