import type { FilterError } from "#components/ui/filter-bar.tsx";
import type { Matcher } from "#server/alerting/alerts/matchers/contract.ts";
import { parseMatchers } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import { DomainError } from "#server/base/errors.ts";

interface Search {
  matchers?: Matcher[];
  search?: string;
  error?: FilterError;
}

/** What was searched for: matchers where there is an operator, else a part of the title. */
export function readSearch(q: string): Search {
  if (q === "") return {};
  if (!/[={}]|!~/.test(q)) return { search: q.slice(0, 200) };
  try {
    return { matchers: parseMatchers(q) };
  } catch (error) {
    if (error instanceof DomainError) return { error: { message: error.message } };
    throw error;
  }
}
