import { and, eq, isNull } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { getModel } from "#server/develop/registry/models/queries.ts";
import { setModelOwner } from "#server/develop/registry/models/set-model-owner.ts";
import { getPolicy } from "#server/develop/registry/policy/queries.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { setModelTag } from "#server/develop/registry/tags/set-model-tag.ts";
import type { SourceModel } from "../source.ts";
import { importVersion } from "./import-version.ts";
import type { Intake } from "./intake.ts";
import { finishItem } from "./items.ts";
import { Problems, refusal } from "./problems.ts";

/**
 * Takes a registered model over with its versions and aliases. A model of that name that is here gets the versions besides its own, and
 * its aliases, owner and policy stay as they are.
 */
export async function takeOverModel(intake: Intake, model: SourceModel): Promise<void> {
  intake.signal.throwIfAborted();
  const problems = new Problems();
  const oldestFirst = model.versions.toSorted((a, b) => a.number - b.number);
  let isNew = false;
  try {
    isNew = await findOrMake(intake, model, problems);
  } catch (error) {
    const message = refusal(error);
    if (message === undefined) throw error;
    for (const { number, createdAt } of oldestFirst) {
      const sourceId = versionId(model.name, number, createdAt);
      await finishItem(intake, "version", sourceId, { localId: null, fingerprint: "refused", problems: [message] });
    }
    return;
  }
  if (isNew) await takeOverOwner(intake, model, problems);
  const taken = [];
  for (const version of oldestFirst) {
    const sourceId = versionId(model.name, version.number, version.createdAt);
    const local = await importVersion(intake, model.name, version, sourceId);
    if (local === undefined) continue;
    const own = new Problems();
    const aliases = model.aliases.filter((each) => each.version === version.number);
    for (const { alias } of aliases) await pointAlias(intake, model.name, alias, local.number, own);
    taken.push({ sourceId, local, own });
  }
  // After the aliases, which it may protect.
  await takeOverPolicy(intake, model, isNew, problems);
  for (const { sourceId, local, own } of taken) {
    const found = [...problems.list, ...own.list];
    if (found.length === 0) continue;
    await finishItem(intake, "version", sourceId, {
      localId: `${model.name}/${local.number}`,
      fingerprint: local.fingerprint,
      problems: [...local.problems, ...found],
    });
  }
}

/** Names such as digits/1 occur at many origins; the creation time makes a version unique. */
function versionId(name: string, number: number, createdAt: number): string {
  return `${name}/${number}/${createdAt}`;
}

/** @returns whether the model was created */
async function findOrMake(intake: Intake, model: SourceModel, problems: Problems): Promise<boolean> {
  const { ctx } = intake;
  const { name } = model;
  const tags = problems.withUsableKeys("A tag of the model", model.tags);
  const known = await getModel(ctx, name).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  });
  if (!known) {
    await createRegisteredModel(ctx, { name, description: model.description || null, tags });
    return true;
  }
  const here = new Map(known.tags.map(({ key, value }) => [key, value]));
  for (const tag of tags.filter(({ key }) => !here.has(key))) await setModelTag(ctx, { name, ...tag });
  return false;
}

/** Gives a new model its owner, if one member here has that name. */
async function takeOverOwner({ ctx }: Intake, { name, owner }: SourceModel, problems: Problems): Promise<void> {
  if (!owner) return;
  const [member, ...others] = await membersNamed(ctx, owner);
  if (member && others.length === 0) await setModelOwner(ctx, { name, ownerId: member.id });
  else problems.add(`The owner ${owner} was not set: ${member ? "several members have" : "no member has"} this name.`);
}

/** Gives a new model its policy. One that is here keeps its own, and an import that was interrupted reports what it did not get. */
async function takeOverPolicy(
  { ctx }: Intake,
  { name, policy }: SourceModel,
  isNew: boolean,
  problems: Problems,
): Promise<void> {
  if (!policy) return;
  if (isNew) {
    await problems.attempt("The policy was not imported", async () => {
      await setPolicy(ctx, { name, policy, reason: "Imported" });
    });
  } else if ((await getPolicy(ctx, name)).origin !== "model") {
    problems.add("The policy was not imported, because the model already existed. Set it on the model's page.");
  }
}

function membersNamed({ db, actor }: Context, name: string): Promise<{ id: string }[]> {
  const isMember = and(
    eq(memberships.workspaceId, actor.workspaceId),
    isNull(memberships.disabledAt),
    eq(users.kind, "person"),
    eq(users.name, name),
  );
  return db
    .select({ id: users.id })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(isMember)
    .limit(2);
}

async function pointAlias(
  intake: Intake,
  name: string,
  alias: string,
  version: number,
  problems: Problems,
): Promise<void> {
  const { aliases } = await getModel(intake.ctx, name);
  const now = aliases.find((each) => each.alias === alias);
  if (now?.version === version) return;
  if (now) {
    problems.add(`The alias "${alias}" points to version ${now.version} here and was not changed.`);
    return;
  }
  await problems.attempt(`The alias "${alias}" was not set`, () => setAlias(intake.ctx, { name, alias, version }));
}
