"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { readHidden, writeHidden } from "#components/charts/hidden-names.ts";

/** Parameter of an address with the versions that charts leave out, by their labels. */
export const hideParameter = "hide";

/** Returns the labels of the versions that charts leave out, which the address stores, and a function that replaces them. */
export function useHiddenVersions(): [ReadonlySet<string>, (hidden: ReadonlySet<string>) => void] {
  const pathname = usePathname();
  const query = useSearchParams();
  return [
    readHidden(query.get(hideParameter)),
    (hidden) => {
      const changed = new URLSearchParams(query);
      const text = writeHidden(hidden);
      if (text === undefined) changed.delete(hideParameter);
      else changed.set(hideParameter, text);
      // Nothing that the server reads changes.
      window.history.replaceState(null, "", changed.size > 0 ? `${pathname}?${changed}` : pathname);
    },
  ];
}
