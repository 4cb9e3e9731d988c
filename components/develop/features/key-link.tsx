"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { usePageKey } from "./use-page-key.ts";

interface KeyLinkProps {
  href: string;
  /** Letter that follows it. */
  letter: string;
  icon?: ReactNode;
  primary?: boolean;
  /** Reason why it is disabled: "requires the member role". */
  why?: string | undefined;
  children: ReactNode;
}

/** Renders a button that leads to another page, also by a key. */
export function KeyLink({ href, letter, icon, primary, why, children }: KeyLinkProps) {
  const router = useRouter();
  usePageKey(why === undefined ? letter : undefined, () => router.push(href));
  const look = {
    variant: primary ? "filled" : "default",
    leftSection: icon,
    rightSection: <Keys keys={[letter]} />,
  };
  if (why !== undefined) {
    return (
      <Button {...look} disabled title={why}>
        {children}
      </Button>
    );
  }
  return (
    <Button component={Link} href={href} {...look}>
      {children}
    </Button>
  );
}
