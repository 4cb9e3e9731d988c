import { createHmac, randomBytes } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import type { Actor, Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { SignIn } from "../contract.ts";
import { lookupsOf } from "../lookup-cache.ts";
import { hasSecondFactor } from "../second-factor/verify-second-factor.ts";
import { entrance, joinedFirst, noWorkspace } from "../workspaces/choose-workspace.ts";
import { arrive, verifySignIn } from "./verify-sign-in.ts";

// Passwords are never kept in memory: only their keyed hash under a key of this process.
const processKey = randomBytes(32);
const maxVerified = 1_000;

/** Password, under the process key, by the hash it was right for. */
const verified = new Map<string, string>();

/**
 * Returns the context of a client that sends email and password with every request, as the MLflow client can. The slow hash is computed
 * once per password and process, and again after the password has changed.
 * @param workspace slug of the requested workspace; without it, the one they joined first.
 * @throws DomainError as verifySignIn does; "forbidden" for a person with a second factor; "not-found" for a workspace that is not theirs
 */
export async function contextOfPassword(db: Database, credentials: SignIn, workspace?: string): Promise<Context> {
  const { email, password, address } = SignIn.parse(credentials);
  const key = createHmac("sha256", processKey).update(`${email}\0${password}`).digest("base64");
  const columns = `${key} ${workspace ?? ""}`;
  const person = await lookupsOf<Omit<Actor, "address">>(db, "password").get(columns, async () => {
    const known = await findPerson(db, email, workspace);
    if (known?.passwordHash && verified.get(key) === known.passwordHash) {
      await refuseSecondFactor(db, known.user.id);
      return actorOf(known);
    }
    await verifySignIn(db, { email, password, address });
    const now = await findPerson(db, email, workspace);
    if (!now && workspace !== undefined) throw noWorkspace(workspace);
    if (!now?.passwordHash) throw new DomainError("unauthenticated", "Your account was just changed. Try again.");
    await refuseSecondFactor(db, now.user.id);
    await arrive(db, now.user, address);
    remember(key, now.passwordHash);
    return actorOf(now);
  });
  return { db, actor: { ...person, address } };
}

/** A password alone must not open what sign-in opens with a code only. */
async function refuseSecondFactor(db: Database, userId: string): Promise<void> {
  if (!(await hasSecondFactor(db, userId))) return;
  throw new DomainError(
    "forbidden",
    "This account has an authenticator app, so its password alone is not accepted here. Use an API token.",
  );
}

async function findPerson(db: Database, email: string, workspace: string | undefined) {
  const [person] = await db
    .select({ user: users, role: memberships.role, workspaceId: memberships.workspaceId })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(sql`lower(${users.email})`, email), entrance(workspace)))
    .orderBy(joinedFirst)
    .limit(1);
  return person && { ...person, passwordHash: person.user.passwordHash };
}

function actorOf({ user, role, workspaceId }: NonNullable<Awaited<ReturnType<typeof findPerson>>>) {
  const { id, name, mustChangePassword } = user;
  return { kind: "user" as const, id, name, role, workspaceId, ...(mustChangePassword && { mustChangePassword }) };
}

function remember(key: string, passwordHash: string): void {
  const [oldest] = verified.keys();
  if (verified.size >= maxVerified && oldest !== undefined) verified.delete(oldest);
  verified.set(key, passwordHash);
}
