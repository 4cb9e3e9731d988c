"use client";

import { usePathname } from "next/navigation";
import { useQuietAddress } from "../use-quiet-address.ts";
import { type CurveView, readCurveView, writeCurveView } from "./curve-view.ts";

/** Reads and changes the view of the curves, which is stored in the URL; going back in the history resets a zoom. */
export function useCurveView(): [CurveView, (change: Partial<CurveView>) => void] {
  const { parameters, write } = useQuietAddress();
  const path = usePathname();
  const view = readCurveView((name) => parameters.get(name));
  return [
    view,
    (change) => {
      // The present address and not the rendered one: a slider moves faster than the page renders.
      const query = writeCurveView(new URLSearchParams(window.location.search), change)
        .toString()
        .replaceAll("%2C", ",");
      const address = query ? `${path}?${query}` : path;
      if (change.zoom) window.history.pushState(null, "", address);
      else write(address);
    },
  ];
}
