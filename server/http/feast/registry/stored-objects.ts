import type { Context } from "#server/base/context.ts";
import {
  listFeastMessages,
  listFeatureEntities,
  listFeatureServices,
  listFeatureViews,
  listViewSources,
} from "#server/develop/features/definitions/queries.ts";
import { listRegistryObjects } from "#server/develop/features/definitions/registry-objects.ts";
import { decode, type WireTags } from "../messages.ts";
import { specOf, withMeta, withSourceMeta, withViewMeta } from "./wire-object.ts";
import { entityObject, serviceObject, sourceObject, viewObject } from "./write-definitions.ts";

/** An object of Feast's registry, as a client reads it. */
export interface RegistryObject {
  name: string;
  tags: WireTags;
  updatedAt: Date;
  /** The message that the client sent, or one for a definition that was made elsewhere, with its `meta`. */
  object: Buffer;
}

type Kind = Parameters<typeof listFeastMessages>[1];

async function messagesOf(ctx: Context, kind: Kind): Promise<Map<string, Uint8Array>> {
  const messages = await listFeastMessages(ctx, kind);
  return new Map(messages.flatMap(({ name, message }) => (message ? [[name, message] as const] : [])));
}

export async function entityObjects(ctx: Context): Promise<RegistryObject[]> {
  const messages = await messagesOf(ctx, "entity");
  const defined = (await listFeatureEntities(ctx)).map((entity) => ({
    ...common(entity),
    object: withMeta(messages.get(entity.name) ?? entityObject(entity), entity),
  }));
  const dummies = await keptObjects(ctx, "entity", (object) => decode("EntitySpec", specOf(object)).tags);
  return [...defined, ...dummies];
}

export async function sourceObjects(ctx: Context): Promise<RegistryObject[]> {
  const messages = await messagesOf(ctx, "source");
  const sources = await listViewSources(ctx);
  const plain = new Map(
    sources.map((source) => [source.name, messages.get(source.name) ?? sourceObject(source)] as const),
  );
  return sources.map((source) => {
    const { batchSource } = source.options;
    const object = messages.get(source.name) ?? sourceObject(source, plain.get(batchSource ?? ""));
    return { ...common(source), object: withSourceMeta(object, source) };
  });
}

export async function viewObjects(ctx: Context): Promise<RegistryObject[]> {
  const messages = await messagesOf(ctx, "view");
  const views = await listFeatureViews(ctx);
  const isWithout = views.some(({ name }) => !messages.has(name));
  const pushes = isWithout ? new Set(await pushSources(ctx)) : new Set<string>();
  const sources = new Map(isWithout ? (await sourceObjects(ctx)).map(({ name, object }) => [name, object]) : []);
  return views.map((view) => {
    const object = sources.get(view.source ?? "");
    const source = object && { object, isPush: pushes.has(view.source ?? "") };
    const kept = messages.get(view.name) ?? viewObject(view, source);
    const { createdAt, updatedAt, current, materialisedUntil } = view;
    return {
      ...common(view),
      object: withViewMeta(kept, { createdAt, updatedAt, version: current.version, materialisedUntil }),
    };
  });
}

async function pushSources(ctx: Context): Promise<string[]> {
  return (await listViewSources(ctx)).flatMap(({ name, kind }) => (kind === "push" ? [name] : []));
}

/** @returns with each service the names of its views */
export async function serviceObjects(ctx: Context): Promise<(RegistryObject & { views: string[] })[]> {
  const messages = await messagesOf(ctx, "service");
  const services = await listFeatureServices(ctx);
  const isWithout = services.some(({ name }) => !messages.has(name));
  const views = new Map(isWithout ? (await listFeatureViews(ctx)).map((view) => [view.name, view]) : []);
  return services.map((service) => ({
    ...common(service),
    object: withMeta(messages.get(service.name) ?? serviceObject(service, views), service),
    views: service.projections.map(({ view }) => view),
  }));
}

export function onDemandObjects(ctx: Context): Promise<RegistryObject[]> {
  return keptObjects(ctx, "on-demand-view", (object) => decode("OnDemandViewSpec", specOf(object)).tags);
}

/** Objects that Leeway only stores. When they were created is not known. */
export async function keptObjects(
  ctx: Context,
  kind: "entity" | "on-demand-view" | "project",
  tagsOf: (object: Uint8Array) => WireTags,
): Promise<RegistryObject[]> {
  const objects = await listRegistryObjects(ctx, kind);
  return objects.map(({ name, message, updatedAt }) => ({
    name,
    tags: tagsOf(message),
    updatedAt,
    object: withMeta(message, { createdAt: updatedAt, updatedAt }),
  }));
}

function common({ name, tags, updatedAt }: { name: string; tags: WireTags; updatedAt: Date }) {
  return { name, tags, updatedAt };
}
