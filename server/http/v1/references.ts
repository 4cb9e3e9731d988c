import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { adviseReference } from "#server/watch/monitoring/profiles/advise-reference.ts";
import {
  ReferenceAdvice,
  ReferenceFeature,
  ReferenceProfile,
  RequestProfile,
  RetireProfile,
} from "#server/watch/monitoring/profiles/contract.ts";
import { getReference, listProfiles, listReferenceFeatures } from "#server/watch/monitoring/profiles/queries.ts";
import { requestProfile } from "#server/watch/monitoring/profiles/request-profile.ts";
import { retireProfile } from "#server/watch/monitoring/profiles/retire-profile.ts";
import { route } from "./route.ts";

const VersionPath = z.object({ model: z.string(), version: z.coerce.number().int().min(1) });
const ReferencePath = VersionPath.extend({ reference: z.uuid() });
const keyOf = ({ model, version }: z.infer<typeof VersionPath>) => ({ name: model, version });
const profileKeyOf = (path: z.infer<typeof ReferencePath>) => ({ ...keyOf(path), profileId: path.reference });

/** References of versions: what traffic is compared with. */
export function references(app: FastifyInstance): void {
  const path = "/models/:model/versions/:version";
  const params = VersionPath;
  route(
    app,
    {
      method: "GET",
      path: `${path}/reference`,
      params,
      summary: "Get the reference of a version that is in effect, or null",
      response: z.object({ reference: ReferenceProfile.nullable() }),
    },
    async ({ ctx, params }) => ({ reference: await getReference(ctx, keyOf(params)) }),
  );
  const advice = "List possible reference sources of a version, and what is missing";
  route(
    app,
    { method: "GET", path: `${path}/reference-advice`, summary: advice, params, response: ReferenceAdvice },
    ({ ctx, params }) => adviseReference(ctx, keyOf(params)),
  );
  route(
    app,
    {
      method: "GET",
      path: `${path}/references`,
      params,
      summary: "List all references of a version, newest first",
      response: z.object({ references: z.array(ReferenceProfile) }),
    },
    async ({ ctx, params }) => ({ references: await listProfiles(ctx, keyOf(params)) }),
  );
  route(
    app,
    {
      method: "POST",
      path: `${path}/references`,
      params,
      status: 202,
      summary: "Create a reference for a version from dataset rows or recorded requests; runs as a job",
      body: RequestProfile.omit({ name: true, version: true }),
      response: ReferenceProfile,
    },
    ({ ctx, params, body }) => requestProfile(ctx, { ...keyOf(params), ...body }),
  );
  one(app, `${path}/references/:reference`);
}

function one(app: FastifyInstance, path: string): void {
  const params = ReferencePath;
  route(
    app,
    {
      method: "GET",
      path: `${path}/features`,
      params,
      summary: "List the features of a reference with their distributions",
      response: z.object({ features: z.array(ReferenceFeature) }),
    },
    async ({ ctx, params }) => ({ features: await listReferenceFeatures(ctx, profileKeyOf(params)) }),
  );
  route(
    app,
    {
      method: "POST",
      path: `${path}/retirement`,
      params,
      summary: "Retire a reference; the previous one takes effect",
      body: RetireProfile.pick({ reason: true }),
      response: ReferenceProfile,
    },
    ({ ctx, params, body }) => retireProfile(ctx, { ...profileKeyOf(params), ...body }),
  );
}
