"use client";

import { lazy, Suspense, useEffect } from "react";
import { useShell } from "./shell-context.tsx";

const load = () => import("./palette-dialog.tsx");
const PaletteDialog = lazy(() => load().then(({ PaletteDialog: component }) => ({ default: component })));

/** Opens the command palette by Cmd/Ctrl+K. Its code is loaded once somebody is about to open it. */
export function Palette() {
  const { paletteOpened, setPaletteOpened } = useShell();
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      const isModifier = event.key === "Control" || event.key === "Meta";
      if (isModifier) void load();
      if (!(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k")
        return;
      event.preventDefault();
      setPaletteOpened(true);
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [setPaletteOpened]);
  if (!paletteOpened) return null;
  return (
    <Suspense>
      <PaletteDialog onClose={() => setPaletteOpened(false)} />
    </Suspense>
  );
}
