import type { TablerIcon } from "@tabler/icons-react";
import type { SearchFact, SearchState } from "#server/report/search/contract.ts";
import type { FamilyKey } from "./palette-families.ts";

/** A row of the palette. */
export interface Entry {
  id: string;
  family: FamilyKey;
  label: string;
  detail?: string | undefined;
  keys?: string[] | undefined;
  icon: TablerIcon;
  /** Page that it opens; without one, it only runs. */
  href?: string | undefined;
  run: () => void;
  /** Whether the palette stays open, because the row changes what it shows. */
  staysOpen?: boolean;
  state?: SearchState | undefined;
  /** Version shown at the right, with the colour that it has in charts. */
  version?: { model: string; version: number } | undefined;
  /** Why this user cannot do it; such a row does nothing. */
  denial?: string | undefined;
  /** How well it matches, from 0 to 4. */
  rank: number;
  isOpenIncident?: boolean | undefined;
  facts: readonly SearchFact[];
  /** What Enter does: "opens the page". */
  does: string;
}

export interface Group {
  family: FamilyKey | "recent" | "open";
  label: string;
  entries: Entry[];
  /** Number of all matches. */
  total: number;
  /** Whether there are more than the total. */
  isUncounted: boolean;
}
