import { and, eq, inArray } from "drizzle-orm";
import { incidentLinks, incidents } from "#db/schema/index.ts";
import type { StoredGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import type { Context } from "#server/base/context.ts";
import { sloIdsOf } from "#server/respond/cause/read-cause.ts";
import { type StoredIncident, thisIncident } from "../incident-rows.ts";
import { addLink } from "../links/add-link.ts";
import type { Merger } from "./contract.ts";
import { partsOf } from "./family.ts";

interface MovedLinks {
  whole: StoredIncident;
  part: StoredIncident | undefined;
  /** Incident that has the groups now. */
  to: string;
  chosen: readonly StoredGroup[];
  rest: readonly StoredGroup[];
}

type Link = Merger["links"][number];

const keyOf = ({ kind, ref }: Link) => `${kind} ${ref}`;
const sloLink = (ref: string): Link => ({ kind: "slo", ref });
const groupLink = ({ id }: StoredGroup): Link => ({ kind: "alert-group", ref: id });

/**
 * Moves the links of groups with them, and takes off the incident what it got with a merged one, unless its alerts or another incident that
 * stays merged need it. Call it while the one that is split off is still merged.
 */
export async function moveLinks(ctx: Context, { whole, part, to, chosen, rest }: MovedLinks): Promise<void> {
  const slosOf = async (groups: readonly StoredGroup[]) => {
    const ids = await sloIdsOf(
      ctx,
      groups.map(({ summary }) => summary),
    );
    return ids.map(sloLink);
  };
  const { got, staying } = await readFamily(ctx, whole, part);
  const kept = new Set([...rest.map(groupLink), ...(await slosOf(rest))].map(keyOf));
  for (const link of [...chosen.map(groupLink), ...(await slosOf(chosen)), ...got]) {
    const { kind, ref } = link;
    if (kept.has(keyOf(link))) continue;
    const needing = kind === "alert-group" ? undefined : staying.find(({ links }) => links.has(keyOf(link)));
    if (needing) {
      // The incident has it with that one from now on.
      if (got.includes(link)) await attribute(ctx, needing.row, link);
      continue;
    }
    const [taken] = await ctx.db
      .delete(incidentLinks)
      .where(
        and(
          eq(incidentLinks.incidentId, whole.id),
          eq(incidentLinks.workspaceId, ctx.actor.workspaceId),
          eq(incidentLinks.kind, kind),
          eq(incidentLinks.ref, ref),
        ),
      )
      .returning({ title: incidentLinks.title });
    if (taken) await addLink(ctx, to, { kind, ref, title: taken.title });
  }
}

interface Family {
  /** What the incident got with the one that is split off. */
  got: Link[];
  /** What stays merged directly into it, with its links. */
  staying: { row: Part; links: ReadonlySet<string> }[];
}

interface Part {
  id: string;
  number: number;
  merger: Merger | null;
}

async function readFamily(ctx: Context, whole: StoredIncident, part: StoredIncident | undefined): Promise<Family> {
  const ids = (await partsOf(ctx, whole.number)).map(({ id }) => id);
  const inWorkspace = eq(incidents.workspaceId, ctx.actor.workspaceId);
  const rows: Part[] = await ctx.db
    .select({ id: incidents.id, number: incidents.number, merger: incidents.merger })
    .from(incidents)
    .where(and(inWorkspace, inArray(incidents.id, ids)));
  const between: Part[] = [];
  for (
    let into = part?.merger?.into;
    into !== undefined && into !== whole.number;
    into = between.at(-1)?.merger?.into
  ) {
    const next = rows.find(({ number }) => number === into);
    if (!next || between.includes(next)) break;
    between.push(next);
  }
  const mergers = [...(part ? [part] : []), ...between].map(({ merger }) => merger?.links ?? []);
  const [first = [], ...others] = mergers;
  // It had the rest before.
  const got = first.filter((link) => others.every((links) => links.some((each) => keyOf(each) === keyOf(link))));
  const direct = rows.filter(({ id, merger }) => merger?.into === whole.number && id !== part?.id);
  const stored = await ctx.db
    .select({ incidentId: incidentLinks.incidentId, kind: incidentLinks.kind, ref: incidentLinks.ref })
    .from(incidentLinks)
    .where(
      and(
        eq(incidentLinks.workspaceId, ctx.actor.workspaceId),
        inArray(
          incidentLinks.incidentId,
          direct.map(({ id }) => id),
        ),
      ),
    );
  const staying = direct.map((row) => {
    const own = stored.flatMap(({ incidentId, ...link }) => (incidentId === row.id ? keyOf(link) : []));
    // What it has only with the one that is split off leaves too.
    const passedOn = between.includes(row) ? first.map(keyOf) : [];
    return { row, links: new Set(own.filter((key) => !passedOn.includes(key))) };
  });
  return { got, staying };
}

/** Stores that an incident has a link with this part: splitting that one off takes the link off too. */
async function attribute(ctx: Context, part: Part, link: Link): Promise<void> {
  const { id, merger } = part;
  if (!merger || merger.links.some((each) => keyOf(each) === keyOf(link))) return;
  part.merger = { ...merger, links: [...merger.links, link] };
  await ctx.db.update(incidents).set({ merger: part.merger }).where(thisIncident(ctx, id));
}
