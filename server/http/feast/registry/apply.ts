import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { DefineFeatureView } from "#server/develop/features/contract.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { deleteFeatureView } from "#server/develop/features/definitions/delete-feature-view.ts";
import { lockDefinitions } from "#server/develop/features/definitions/lookups.ts";
import {
  listFeastMessages,
  listFeatureEntities,
  listFeatureViews,
  listViewSources,
} from "#server/develop/features/definitions/queries.ts";
import {
  deleteRegistryObject,
  listRegistryObjects,
  setRegistryObject,
} from "#server/develop/features/definitions/registry-objects.ts";
import { decode, type ViewSpec } from "../messages.ts";
import { storedIfSame } from "./essence.ts";
import { entitiesOf, keysOf, keyTypeOf, readService, readSource, readView, type ViewKey } from "./read-definitions.ts";
import { keptBytes, keptSource, specOf } from "./wire-object.ts";
import { dummyEntity } from "./write-definitions.ts";

/** Defines an entity of Feast. One without a type keeps the type that a view gave it. */
export async function applyEntity(ctx: Context, object: Uint8Array): Promise<void> {
  const { name, value_type: number, join_key: key, description, tags, owner } = decode("EntitySpec", specOf(object));
  const kept = keptBytes(object);
  if (name === dummyEntity) {
    await setRegistryObject(ctx, { kind: "entity", name, message: kept });
    return;
  }
  const before = (await listFeatureEntities(ctx)).find((entity) => entity.name === name);
  const type = number === 0 ? (before?.type ?? "string") : keyTypeOf(number, `Entity "${name}"`);
  const joinKey = key || name;
  await defineFeatureEntity(ctx, { name, joinKey, type, description, tags, owner, feastMessage: kept });
  await applyWaitingViews(ctx);
}

/** Views that wait until it is known which column names which of their entities. */
const waitingView = "waiting-view";

async function applyWaitingViews(ctx: Context): Promise<void> {
  for (const { name } of await listRegistryObjects(ctx, waitingView)) {
    await transact(ctx, async (ctx) => {
      await lockDefinitions(ctx);
      // Read again: since then it may have been defined, deleted or sent anew.
      const view = (await listRegistryObjects(ctx, waitingView)).find((waiting) => waiting.name === name);
      if (!view) return;
      const defined = new Set((await listFeatureEntities(ctx)).map((entity) => entity.name));
      const entities = entitiesOf(decode("ViewSpec", specOf(view.message)));
      if (entities.every((entity) => defined.has(entity))) await applyView(ctx, view.message);
    });
  }
}

/** Deletes a view, whether it is defined or waits. @throws FeatureError "view-not-found", "in-use" */
export async function deleteView(ctx: Context, name: string): Promise<void> {
  if (await deleteRegistryObject(ctx, { kind: "on-demand-view", name })) return;
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const hasWaited = await deleteRegistryObject(ctx, { kind: waitingView, name });
    const isDefined = (await listFeatureViews(ctx)).some((view) => view.name === name);
    if (isDefined || !hasWaited) await deleteFeatureView(ctx, { name });
  });
}

export async function applySource(ctx: Context, object: Uint8Array): Promise<void> {
  const decoded = decode("DataSource", object);
  const before = (await listViewSources(ctx)).find(({ name }) => name === decoded.name);
  const source = readSource(decoded, before);
  const feastMessage = storedIfSame("source", await storedMessage(ctx, "source", source.name), keptSource(object));
  await defineViewSource(ctx, { ...source, feastMessage });
}

async function storedMessage(ctx: Context, kind: "source" | "view" | "service", named: string) {
  return (await listFeastMessages(ctx, kind)).find(({ name }) => name === named)?.message;
}

/**
 * Defines a view. Clients send it before its entities, and some without its sources, so what is missing is defined from what the view says
 * of it; what they send next takes its place.
 */
export async function applyView(ctx: Context, object: Uint8Array): Promise<void> {
  const spec = decode("ViewSpec", specOf(object));
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const before = (await listFeatureViews(ctx)).find(({ name }) => name === spec.name);
    const view = readView(spec, before);
    // Before it may wait: later, its sender would not learn what is wrong with it.
    DefineFeatureView.parse(view);
    await defineMissingSources(ctx, spec);
    if (!(await defineMissingEntities(ctx, spec))) {
      await setRegistryObject(ctx, { kind: waitingView, name: spec.name, message: keptBytes(object) });
      return;
    }
    const feastMessage = storedIfSame("view", await storedMessage(ctx, "view", spec.name), keptBytes(object));
    await defineFeatureView(ctx, { ...view, feastMessage });
    // One that waited is older than this one, or is this one.
    await deleteRegistryObject(ctx, { kind: waitingView, name: spec.name });
  });
}

async function defineMissingSources(ctx: Context, spec: ViewSpec): Promise<void> {
  const defined = new Set((await listViewSources(ctx)).map(({ name }) => name));
  for (const source of [spec.batch_source, spec.stream_source]) {
    if (!source) continue;
    const { name } = decode("DataSource", source);
    if (name && !defined.has(name)) await applySource(ctx, source);
  }
}

/**
 * A view does not say which of its columns names which entity, but one of each is clear, and so are columns that are called like their
 * entity. @returns whether all entities are defined then
 */
async function defineMissingEntities(ctx: Context, spec: ViewSpec): Promise<boolean> {
  const names = entitiesOf(spec);
  const keys = keysOf(spec);
  if (names.length !== keys.length) {
    const message = `View "${spec.name}" has ${names.length} entities, but ${keys.length} columns for them.`;
    throw new DomainError("invalid", message);
  }
  const defined = new Map((await listFeatureEntities(ctx)).map((entity) => [entity.name, entity]));
  const left = keys.filter(({ joinKey }) => !names.some((name) => defined.get(name)?.joinKey === joinKey));
  const missing = names.filter((name) => !defined.has(name));
  const isClear = (name: string) => (key: ViewKey) => key.joinKey === name || key.joinKey === `${name}_id`;
  const found = missing.map((name) => left.find(isClear(name)) ?? (left.length === 1 ? left[0] : undefined));
  if (found.some((key) => !key)) return false;
  for (const [index, name] of missing.entries()) {
    const key = found[index];
    if (key) await defineFeatureEntity(ctx, { name, ...key });
  }
  await typeUntyped(ctx, spec, keys);
  return true;
}

/** Gives entities that were defined without a type the type of the view's column. */
async function typeUntyped(ctx: Context, spec: ViewSpec, keys: readonly ViewKey[]): Promise<void> {
  const messages = new Map((await listFeastMessages(ctx, "entity")).map(({ name, message }) => [name, message]));
  for (const { name, joinKey, type, description, owner, tags } of await listFeatureEntities(ctx)) {
    const key = spec.entities.includes(name) ? keys.find((key) => key.joinKey === joinKey) : undefined;
    const message = messages.get(name);
    if (!key || key.type === type || !message || decode("EntitySpec", specOf(message)).value_type !== 0) continue;
    const typed = { name, joinKey, type: key.type, description, owner, tags, feastMessage: Buffer.from(message) };
    await defineFeatureEntity(ctx, typed);
  }
}

export async function applyService(ctx: Context, object: Uint8Array): Promise<void> {
  const spec = decode("ServiceSpec", specOf(object));
  const feastMessage = storedIfSame("service", await storedMessage(ctx, "service", spec.name), keptBytes(object));
  await defineFeatureService(ctx, { ...readService(spec), feastMessage });
}

/** Stores a view whose features a function in Python computes. Leeway returns the function to clients and never runs it. */
export async function applyOnDemandView(ctx: Context, object: Uint8Array): Promise<void> {
  const { name } = decode("OnDemandViewSpec", specOf(object));
  if (!name) throw new DomainError("invalid", "The view has no name.");
  const kind = "on-demand-view";
  const stored = (await listRegistryObjects(ctx, kind)).find((view) => view.name === name)?.message;
  await setRegistryObject(ctx, { kind, name, message: storedIfSame(kind, stored, keptBytes(object)) });
}
