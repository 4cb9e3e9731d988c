"use client";

import { useMantineColorScheme } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { keysAreFree } from "#components/ui/keys.ts";
import { copyLink } from "./copy-link.ts";
import { allNavItems } from "./nav-items.ts";
import { useShell } from "./shell-context.tsx";

/** Time that G waits for the second key. */
const goToMs = 1500;

/** Handles the keys that work everywhere; the palette handles Cmd/Ctrl+K. */
export function ShellKeys() {
  const router = useRouter();
  const { setHelpOpened, setPaletteOpened, workspaces } = useShell();
  const { slug } = workspaces.current;
  const { toggleColorScheme } = useMantineColorScheme();
  const goPressedAt = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    function act(event: KeyboardEvent): boolean {
      const key = event.key.toUpperCase();
      // By the time of the key itself: a busy page handles it late.
      const isGoing = event.timeStamp - goPressedAt.current < goToMs;
      goPressedAt.current = Number.NEGATIVE_INFINITY;
      const navItem = isGoing ? allNavItems.find((item) => item.key === key) : undefined;
      if (navItem) router.push(navItem.href);
      else if (event.shiftKey && key === "D") toggleColorScheme();
      else if (event.key === "?") setHelpOpened(true);
      else if (event.key === ".") void copyLink(slug);
      else if (event.key === "/") search(() => setPaletteOpened(true));
      else if (key === "G" && !event.shiftKey) goPressedAt.current = event.timeStamp;
      else return false;
      return true;
    }
    function listen(event: KeyboardEvent) {
      if (keysAreFree(event) && act(event)) event.preventDefault();
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [router, setHelpOpened, setPaletteOpened, toggleColorScheme, slug]);
  return null;
}

function search(openPalette: () => void) {
  const field = document.querySelector<HTMLInputElement>("input[data-lw-search]");
  if (field) field.focus();
  else openPalette();
}
