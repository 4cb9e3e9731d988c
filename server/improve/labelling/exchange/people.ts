import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Somebody who answers, as clients of Label Studio see them. */
export interface Annotator {
  id: number;
  email: string;
  name: string;
}

const byNumber = /^annotator (\d{1,15})$/;

/**
 * Returns the number of a person, by which clients of Label Studio know them. It is computed from who they are, 48 bits above 2^47: the same in
 * every export, and never one that Label Studio gives, whose people count from 1. Somebody who came with an import by number keeps theirs.
 */
export function numberOfPerson(person: string): number {
  const [, own] = byNumber.exec(person) ?? [];
  if (own !== undefined) return Number(own);
  const digest = createHash("sha256").update(`label-studio/${person}`).digest();
  return 2 ** 47 + (digest.readUIntBE(0, 6) % 2 ** 47);
}

/** People of a workspace, for imports and exports. Names of others are what the source said. */
export class People {
  readonly #known = new Map<string, Annotator>();
  readonly #byNumber = new Map<number, string>();
  readonly #byEmail = new Map<string, string>();

  constructor(members: readonly { id: string; email: string; name: string }[]) {
    for (const { id, email, name } of members) {
      const annotator = { id: numberOfPerson(id), email, name };
      this.#known.set(id, annotator);
      this.#byNumber.set(annotator.id, id);
      this.#byEmail.set(email.toLowerCase(), id);
    }
  }

  /** Returns a person as clients see them. */
  annotator(person: string): Annotator {
    const known = this.#known.get(person) ?? { id: numberOfPerson(person), email: person, name: person };
    this.#known.set(person, known);
    return known;
  }

  /** Returns the member with a number or an address; else a person who is named by it. */
  person(sent: number | string): string {
    if (typeof sent === "number") return this.#byNumber.get(sent) ?? `annotator ${sent}`;
    return this.#byEmail.get(sent.toLowerCase()) ?? sent;
  }
}

/** Reads the people of a workspace, former ones included: what they answered keeps their name. */
export async function loadPeople(ctx: Context): Promise<People> {
  const rows = await ctx.db
    .select({ id: users.id, email: users.email, name: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.workspaceId, ctx.actor.workspaceId)));
  return new People(rows);
}
