"use client";

import { type ComponentProps, type ReactNode, useId, useRef, useState } from "react";
import { lazyDialog, OnceOpened } from "./lazy-dialog.tsx";

/** One line of a menu: a link, or something to do. */
export interface MenuEntry {
  label: string;
  icon?: ReactNode;
  href?: string;
  /** Loads the page anew, so that nothing that this one holds stays. */
  reloads?: boolean;
  /** The entry for what is shown now. */
  isCurrent?: boolean;
  onClick?: () => void;
}

interface MenuButtonProps extends ComponentProps<"button"> {
  /** First line, which nobody can choose. */
  heading?: string | undefined;
  entries: readonly MenuEntry[];
  position: "top-start" | "top-end" | "bottom-start" | "bottom-end";
  /** Pixels; as wide as its widest entry if not given. */
  menuWidth?: number;
}

const MenuOfButton = lazyDialog(() => import("./menu-of-button.tsx").then((module) => module.MenuOfButton));

/** Renders a button that opens a menu. */
export function MenuButton({ heading, entries, position, menuWidth, ...button }: MenuButtonProps) {
  const target = useRef<HTMLButtonElement>(null);
  const id = useId();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <button
        {...button}
        ref={target}
        id={`${id}-target`}
        type="button"
        aria-haspopup="menu"
        aria-expanded={opened}
        aria-controls={opened ? `${id}-dropdown` : undefined}
        onClick={() => setOpened(!opened)}
      />
      <OnceOpened opened={opened}>
        <MenuOfButton
          target={target}
          id={id}
          heading={heading}
          entries={entries}
          position={position}
          width={menuWidth}
          opened={opened}
          onChange={setOpened}
        />
      </OnceOpened>
    </>
  );
}
