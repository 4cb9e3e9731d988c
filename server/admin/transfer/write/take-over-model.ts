import { DomainError } from "#server/base/errors.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { getModel } from "#server/develop/registry/models/queries.ts";
import { setModelTag } from "#server/develop/registry/tags/set-model-tag.ts";
import type { SourceModel } from "../source.ts";
import { importVersion } from "./import-version.ts";
import type { Intake } from "./intake.ts";
import { finishItem } from "./items.ts";
import { Problems, refusal } from "./problems.ts";

/**
 * Takes a registered model over with its versions and aliases. A model of that name that is here gets the versions besides its own, and
 * its aliases stay where they are.
 */
export async function takeOverModel(intake: Intake, model: SourceModel): Promise<void> {
  intake.signal.throwIfAborted();
  const problems = new Problems();
  const oldestFirst = model.versions.toSorted((a, b) => a.number - b.number);
  try {
    await findOrMake(intake, model, problems);
  } catch (error) {
    const message = refusal(error);
    if (message === undefined) throw error;
    for (const { number, createdAt } of oldestFirst) {
      const sourceId = versionId(model.name, number, createdAt);
      await finishItem(intake, "version", sourceId, { localId: null, fingerprint: "refused", problems: [message] });
    }
    return;
  }
  const numbers = new Map<number, number>();
  for (const version of oldestFirst) {
    const sourceId = versionId(model.name, version.number, version.createdAt);
    const local = await importVersion(intake, model.name, version, sourceId);
    if (local === undefined) continue;
    numbers.set(version.number, local.number);
    const own = new Problems();
    const aliases = model.aliases.filter((each) => each.version === version.number);
    for (const { alias } of aliases) await pointAlias(intake, model.name, alias, local.number, own);
    if (own.list.length + problems.list.length > 0) {
      const all = [...local.problems, ...problems.list, ...own.list];
      await finishItem(intake, "version", sourceId, {
        localId: `${model.name}/${local.number}`,
        fingerprint: local.fingerprint,
        problems: all,
      });
    }
  }
}

/** Names such as digits/1 occur at many origins; the creation time makes a version unique. */
function versionId(name: string, number: number, createdAt: number): string {
  return `${name}/${number}/${createdAt}`;
}

async function findOrMake(intake: Intake, model: SourceModel, problems: Problems): Promise<void> {
  const { ctx } = intake;
  const { name } = model;
  const tags = problems.withUsableKeys("A tag of the model", model.tags);
  const known = await getModel(ctx, name).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  });
  if (!known) {
    await createRegisteredModel(ctx, { name, description: model.description || null, tags });
    return;
  }
  const here = new Map(known.tags.map(({ key, value }) => [key, value]));
  for (const tag of tags.filter(({ key }) => !here.has(key))) await setModelTag(ctx, { name, ...tag });
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
