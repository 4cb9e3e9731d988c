"use client";

import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

/**
 * Renders a link to another page, and loads the frame of that page once the pointer or the keyboard's focus is on it. Next would load those of
 * all visible links, three requests each: a page with many links would cost the server a hundred requests.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  const [isMeant, setMeant] = useState(false);
  return (
    <NextLink
      {...props}
      prefetch={isMeant ? null : false}
      onPointerEnter={(event) => {
        setMeant(true);
        props.onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        setMeant(true);
        props.onFocus?.(event);
      }}
    />
  );
}
