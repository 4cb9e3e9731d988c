import { cache } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { DomainError } from "#server/base/errors.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import { getLabelProject, listLabelProjects } from "#server/improve/labelling/projects/queries.ts";

/** Reads the project of an address, by its id or its name, once per request; a missing one leads to the not-found page. */
export const readProject = cache(async (segment: string): Promise<LabelProjectDetails> => {
  const ctx = await requireContext();
  const name = decodeURIComponent(segment);
  const byId = /^\d{1,15}$/.test(name) ? await foundOrNot(getLabelProject(ctx, Number(name))) : undefined;
  if (byId) return byId;
  const named = (await listLabelProjects(ctx)).find((project) => project.name === name);
  return found(
    named
      ? getLabelProject(ctx, named.id)
      : Promise.reject(new DomainError("not-found", "Label project not found. See Label queue.")),
  );
});
