import { cache } from "react";
import { z } from "zod";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { DomainError } from "#server/base/errors.ts";
import { getAlertRule } from "#server/respond/rules/queries.ts";

/** Reads the rule of an address, once per request. */
export const readRule = cache((ruleId: string) =>
  found(
    requireContext().then((ctx) => {
      if (!z.uuid().safeParse(ruleId).success) throw new DomainError("not-found", "Alert rule not found.");
      return getAlertRule(ctx, { ruleId });
    }),
  ),
);
