import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { deleteFeatureEntity } from "#server/develop/features/definitions/delete-feature-entity.ts";
import { deleteFeatureService } from "#server/develop/features/definitions/delete-feature-service.ts";
import { deleteViewSource } from "#server/develop/features/definitions/delete-view-source.ts";
import { noteMaterialised } from "#server/develop/features/definitions/note-materialised.ts";
import { setRegistryObject } from "#server/develop/features/definitions/registry-objects.ts";
import { currentWorkspace } from "#server/platform/identity/workspaces/current-workspace.ts";
import { FeastRefusal } from "../error-detail.ts";
import type { FeastCaller } from "../feast-caller.ts";
import { decode, encode, type Messages } from "../messages.ts";
import { slugOfProject } from "../project-slug.ts";
import { applyEntity, applyOnDemandView, applyService, applySource, applyView, deleteView } from "./apply.ts";
import {
  entityObjects,
  keptObjects,
  onDemandObjects,
  type RegistryObject,
  serviceObjects,
  sourceObjects,
  viewObjects,
} from "./stored-objects.ts";
import { described, hasTags, keptBytes, microsecondsOf, specOf, withMeta } from "./wire-object.ts";

/** Answers a call: the bytes of the request in, those of the response out. */
export type RegistryCall = (caller: FeastCaller, request: Uint8Array) => Promise<Uint8Array>;

const empty = new Uint8Array();
const nothing: RegistryCall = async (caller, request) => {
  await caller.inProject(decode("ProjectRequest", request).project);
  return empty;
};

/** Calls that Leeway answers, of Feast's service feast.registry.RegistryServer: docs/spec/feast.md section 4. */
export const registryCalls: Readonly<Record<string, RegistryCall>> = {
  ListEntities: list(entityObjects),
  ListDataSources: list(sourceObjects),
  ListFeatureViews: list(viewObjects),
  ListOnDemandFeatureViews: list(onDemandObjects),
  ListFeatureServices: async (caller, request) => {
    const { project, tags, feature_view: view } = decode("ListServicesRequest", request);
    const services = await serviceObjects(await caller.inProject(project));
    return listed(
      services.filter(({ views }) => !view || views.includes(view)),
      tags,
    );
  },
  ListAllFeatureViews: listAllViews,
  // Of these kinds Leeway has none, and clients list them with the others.
  ListStreamFeatureViews: list(none),
  ListLabelViews: list(none),
  ListPermissions: list(none),
  ListSavedDatasets: list(none),
  ListValidationReferences: list(none),
  ListProjectMetadata: nothing,
  ListProjects: async ({ ctx }, request) => {
    return listed([await projectObject(ctx)], decode("ListProjectsRequest", request).tags);
  },

  GetEntity: get(entityObjects, "EntityNotFoundException", "Entity"),
  GetDataSource: get(sourceObjects, "DataSourceObjectNotFoundException", "Data source"),
  GetFeatureView: get(viewObjects, "FeatureViewNotFoundException", "Feature view"),
  GetFeatureService: get(serviceObjects, "FeatureServiceNotFoundException", "Feature service"),
  GetOnDemandFeatureView: get(onDemandObjects, "OnDemandFeatureViewNotFoundException", "On-demand feature view"),
  GetStreamFeatureView: get(none, "FeatureViewNotFoundException", "Stream feature view"),
  GetLabelView: get(none, "FeatureViewNotFoundException", "Label view"),
  GetPermission: get(none, "PermissionObjectNotFoundException", "Permission"),
  GetSavedDataset: get(none, "SavedDatasetNotFound", "Saved dataset"),
  GetValidationReference: get(none, "ValidationReferenceNotFound", "Validation reference"),
  GetAnyFeatureView: getAnyView,
  GetProject: async (caller, request) => {
    const project = await projectObject(caller.ctx);
    const { name } = decode("NameRequest", request);
    if (slugOfProject(project.name) !== slugOfProject(name)) throw noProject(name);
    return project.object;
  },
  GetInfra: nothing,

  ApplyEntity: apply(applyEntity),
  ApplyDataSource: apply(applySource),
  ApplyFeatureService: apply(applyService),
  ApplyFeatureView: async (caller, request) => {
    const sent = decode("ApplyViewRequest", request);
    const ctx = await caller.inProject(sent.project);
    if (sent.feature_view) await applyView(ctx, sent.feature_view);
    else if (sent.on_demand_feature_view) await applyOnDemandView(ctx, sent.on_demand_feature_view);
    else throw new DomainError("invalid", "Feast's stream views and label views are not supported.");
    return empty;
  },
  ApplyProject: async ({ ctx }, request) => {
    const object = decode("ApplyProjectRequest", request).object ?? empty;
    const { name } = decode("ProjectSpec", specOf(object));
    if (slugOfProject(name) !== (await currentWorkspace(ctx)).slug) throw noProject(name);
    await setRegistryObject(ctx, { kind: "project", name, message: keptBytes(object) });
    return empty;
  },

  // Clients up to 0.65 materialise by themselves, and say up to when.
  ApplyMaterialization: async (caller, request) => {
    const { feature_view: object = empty, project, end_date: end } = decode("ApplyMaterializationRequest", request);
    const ctx = await caller.inProject(project);
    const { name } = decode("ViewSpec", specOf(object));
    if (end) await noteMaterialised(ctx, { name, until: microsecondsOf(end) });
    return empty;
  },

  DeleteEntity: remove((ctx, name) => deleteFeatureEntity(ctx, { name })),
  DeleteDataSource: remove((ctx, name) => deleteViewSource(ctx, { name })),
  DeleteFeatureService: remove((ctx, name) => deleteFeatureService(ctx, { name })),
  DeleteFeatureView: remove(deleteView),

  // Each call above is complete when it is answered, and Leeway has no infrastructure for each view.
  UpdateInfra: async () => empty,
  Commit: async () => empty,
  Refresh: nothing,
};

/** Calls that Leeway refuses, with the reason. */
export const refusedCalls: Readonly<Record<string, string>> = {
  ...refused("Feast's saved datasets are not supported. Training sets become dataset versions.", [
    "ApplySavedDataset",
    "DeleteSavedDataset",
    "CreateDatasetFromRetrieval",
    "GetDatasetData",
    "GetDatasetJobStatus",
    "ListDatasetJobs",
  ]),
  ...refused("Feast's validation references are not supported.", [
    "ApplyValidationReference",
    "DeleteValidationReference",
  ]),
  ...refused(
    "Feast's permissions are not supported: access follows the scopes of the token. Set them under Settings, Tokens.",
    ["ApplyPermission", "DeletePermission"],
  ),
  ...refused("A project is a workspace of Leeway. Archive it under Settings, Workspaces.", ["DeleteProject"]),
  ...refused("Leeway does not offer its registry as one message. List its objects.", ["Proto"]),
  ...refused("Leeway shows lineage on the pages of views, and in its REST API.", [
    "GetRegistryLineage",
    "GetObjectRelationships",
  ]),
  ...refused("Leeway lists features with their views.", ["ListFeatures", "GetFeature"]),
};

function refused(reason: string, calls: readonly string[]): Record<string, string> {
  return Object.fromEntries(calls.map((call) => [call, reason]));
}

type ObjectsOf = (ctx: Context) => Promise<RegistryObject[]>;

async function none(): Promise<RegistryObject[]> {
  return [];
}

function list(objectsOf: ObjectsOf): RegistryCall {
  return async (caller, request) => {
    const { project, tags } = decode("ListRequest", request);
    return listed(await objectsOf(await caller.inProject(project)), tags);
  };
}

function listed(objects: readonly RegistryObject[], tags: Record<string, string>): Uint8Array {
  const matching = objects.filter((object) => hasTags(object.tags, tags));
  return encode("ListResponse", { objects: matching.map(({ object }) => object) });
}

function get(
  objectsOf: ObjectsOf,
  notFound: ConstructorParameters<typeof FeastRefusal>[0],
  kind: string,
): RegistryCall {
  return async (caller, request) => {
    const { name, project } = decode("NamedRequest", request);
    const found = (await objectsOf(await caller.inProject(project))).find((object) => object.name === name);
    if (!found) throw new FeastRefusal(notFound, "not-found", `${kind} "${name}" not found in this project.`);
    return found.object;
  };
}

async function getAnyView(caller: FeastCaller, request: Uint8Array): Promise<Uint8Array> {
  const { name, project } = decode("NamedRequest", request);
  const found = (await anyViews(await caller.inProject(project))).find((view) => view.name === name);
  if (!found) {
    const message = `Feature view "${name}" not found in this project.`;
    throw new FeastRefusal("FeatureViewNotFoundException", "not-found", message);
  }
  return encode("AnyFeatureViewResponse", { any_feature_view: found.any });
}

async function listAllViews(caller: FeastCaller, request: Uint8Array): Promise<Uint8Array> {
  const { project, tags, updated_since: since } = decode("ListAllViewsRequest", request);
  const views = await anyViews(await caller.inProject(project));
  const after = since ? microsecondsOf(since) / 1000 : Number.NEGATIVE_INFINITY;
  const matching = views.filter((view) => hasTags(view.tags, tags) && view.updatedAt.getTime() >= after);
  return encode("ListAllViewsResponse", { feature_views: matching.map(({ any }) => any) });
}

async function anyViews(ctx: Context): Promise<(RegistryObject & { any: Messages["AnyFeatureView"] })[]> {
  const views = (await viewObjects(ctx)).map((view) => ({ ...view, any: { feature_view: view.object } }));
  const onDemand = (await onDemandObjects(ctx)).map((view) => ({
    ...view,
    any: { on_demand_feature_view: view.object },
  }));
  return [...views, ...onDemand];
}

function apply(define: (ctx: Context, object: Uint8Array) => Promise<void>): RegistryCall {
  return async (caller, request) => {
    const { object = empty, project } = decode("ApplyRequest", request);
    await define(await caller.inProject(project), object);
    return empty;
  };
}

function remove(removeNamed: (ctx: Context, name: string) => Promise<void>): RegistryCall {
  return async (caller, request) => {
    const { name, project } = decode("NamedRequest", request);
    await removeNamed(await caller.inProject(project), name);
    return empty;
  };
}

/** The workspace is the only project. */
async function projectObject(ctx: Context): Promise<RegistryObject> {
  const { slug, createdAt } = await currentWorkspace(ctx);
  const kept = await keptObjects(ctx, "project", (object) => decode("ProjectSpec", specOf(object)).tags);
  const found = kept.find(({ name }) => slugOfProject(name) === slug);
  if (found) return found;
  const name = slug.replaceAll("-", "_");
  const object = withMeta(described(encode("ProjectSpec", { name })), { createdAt, updatedAt: createdAt });
  return { name, tags: {}, updatedAt: createdAt, object };
}

function noProject(name: string): FeastRefusal {
  const message = `There is no project "${name}". A project is a workspace: name the one of your token.`;
  return new FeastRefusal("ProjectObjectNotFoundException", "not-found", message);
}
