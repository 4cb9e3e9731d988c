"use client";

import { type ComponentType, lazy, type ReactNode, Suspense, useState } from "react";
import { onFirstUse } from "./on-first-use.ts";

/**
 * Returns a dialog that is no part of the first script of a page: its code is loaded once somebody uses the page.
 * @param load imports the component, which stands within `OnceOpened`
 */
export function lazyDialog<Props>(load: () => Promise<ComponentType<Props>>) {
  onFirstUse(load);
  return lazy(() => load().then((component) => ({ default: component })));
}

/** Renders a dialog from its first opening on: it stays on the page after that, so that it can close with its transition. */
export function OnceOpened({ opened, children }: { opened: boolean; children: ReactNode }) {
  const [wasOpened, setWasOpened] = useState(opened);
  if (opened && !wasOpened) setWasOpened(true);
  return wasOpened ? <Suspense>{children}</Suspense> : null;
}
