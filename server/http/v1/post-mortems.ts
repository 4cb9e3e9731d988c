import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import type { WebDependencies } from "#server/http/server.ts";
import {
  PostMortem,
  PostMortemRevision,
  WaivePostMortem,
  WritePostMortem,
} from "#server/respond/incidents/post-mortems/contract.ts";
import { draftPostMortem } from "#server/respond/incidents/post-mortems/draft-post-mortem.ts";
import { getPostMortem, listPostMortemRevisions } from "#server/respond/incidents/post-mortems/queries.ts";
import { waivePostMortem } from "#server/respond/incidents/post-mortems/waive-post-mortem.ts";
import { writePostMortem } from "#server/respond/incidents/post-mortems/write-post-mortem.ts";
import { incidentPath, incidentParams as params } from "./incidents.ts";
import { route } from "./route.ts";

const path = `${incidentPath}/post-mortem`;

/** Registers the routes for post-mortems: drafted from an incident's events, edited, exported, or waived. */
export function postMortems(app: FastifyInstance, { config }: WebDependencies): void {
  const response = PostMortem;
  const show = { summary: "Get the post-mortem of an incident", params, response };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getPostMortem(ctx, { number: params.incident }));
  const draft = { summary: "Generate a post-mortem draft from the incident timeline", params, response };
  route(app, { method: "POST", path: `${path}/draft`, ...draft }, ({ ctx, params }) =>
    draftPostMortem(ctx, { number: params.incident }),
  );
  const write = { summary: "Replace the text of a post-mortem", params, body: WritePostMortem.omit({ number: true }) };
  route(app, { method: "PUT", path, ...write, response }, ({ ctx, params, body }) =>
    writePostMortem(ctx, { number: params.incident, ...body }),
  );
  const waive = {
    summary: "Waive the post-mortem with a reason",
    params,
    body: WaivePostMortem.omit({ number: true }),
  };
  route(app, { method: "POST", path: `${path}/waiver`, ...waive, response }, ({ ctx, params, body }) =>
    waivePostMortem(ctx, { number: params.incident, ...body }),
  );
  const revisions = z.object({ revisions: z.array(PostMortemRevision) });
  const list = { summary: "List post-mortem revisions, newest first", params, response: revisions };
  route(app, { method: "GET", path: `${path}/revisions`, ...list }, async ({ ctx, params }) => ({
    revisions: await listPostMortemRevisions(ctx, { number: params.incident }),
  }));
  markdown(app, config.publicUrl);
}

/** Does not use route(), which sends JSON. URLs in it lead to this host wherever it is read. */
function markdown(app: FastifyInstance, publicUrl: string): void {
  const file = { path: `${path}.md`, summary: "Export the post-mortem of an incident as Markdown", params };
  app.operations.push({ method: "GET", ...file, status: 200 });
  app.get(file.path, async (request, reply) => {
    if (!request.caller) throw new Error("The export of post-mortems was registered outside v1Plugin.");
    const { data } = params.safeParse(request.params);
    if (!data) throw new DomainError("not-found", "Incident not found. Incidents are identified by number.");
    const { body } = await getPostMortem(request.caller, { number: data.incident });
    const name = `attachment; filename="INC-${data.incident}.md"`;
    const text = body.replaceAll("](/", `](${publicUrl.replace(/\/$/, "")}/`);
    return reply.type("text/markdown; charset=utf-8").header("content-disposition", name).send(text);
  });
}
